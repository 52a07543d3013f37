import { fail } from "../errors.ts";
import type { Dim } from "../ir/tensor.ts";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A number or a fraction: `-1`, `1e-3`, `2/255`. Throws `bad-option`. */
export function parseNumber(flag: string, text: string): number {
  const parts = text.split("/").map((part) => part.trim());
  const [numerator = Number.NaN, denominator = 1] = parts.map((part) =>
    NUMBER.test(part) ? Number(part) : Number.NaN,
  );
  const value = numerator / denominator;
  if (parts.length <= 2 && Number.isFinite(value)) return value;
  return fail("bad-option", `${flag} is "${text}", expected a number such as -1, 0.5 or 2/255.`);
}

/** Names separated by commas; `\,` is a comma inside a name. Throws `bad-option` for an empty name. */
export function parseList(flag: string, text: string): readonly string[] {
  const items = splitEscaped(text).map((item) => item.trim());
  if (items.every((item) => item !== "")) return items;
  return fail("bad-option", `${flag} is "${text}", which has an empty name.`, {
    hint: "Separate names with single commas; write \\, for a comma inside a name.",
  });
}

/** `name=value`, split at the first equals sign. Throws `bad-option`. */
export function parsePair(flag: string, text: string): readonly [name: string, value: string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at).trim(), text.slice(at + 1)];
  return fail("bad-option", `${flag} is "${text}", expected name=value.`);
}

/** Several `name=value`; a name given twice is refused. */
export function parsePairs(
  flag: string,
  texts: readonly string[],
): Readonly<Record<string, string>> {
  const pairs = new Map<string, string>();
  for (const text of texts) {
    const [name, value] = parsePair(flag, text);
    if (pairs.has(name)) fail("bad-option", `${flag} gives "${name}" twice.`);
    pairs.set(name, value);
  }
  return Object.fromEntries(pairs);
}

/** A number for all, or `name=number` separated by commas. */
export function parseNumberByName(
  flag: string,
  text: string,
): number | Readonly<Record<string, number>> {
  if (!text.includes("=")) return parseNumber(flag, text);
  const pairs = parsePairs(flag, parseList(flag, text));
  return Object.fromEntries(
    Object.entries(pairs).map(([name, value]) => [name, parseNumber(flag, value)]),
  );
}

/** `1,224,224,3` with `?` or `null` for a free dimension. Throws `bad-option`. */
export function parseShape(flag: string, text: string): readonly Dim[] {
  const words = text.replace(/^\s*[([]|[)\]]\s*$/g, "").split(",");
  return words.map((word) => {
    const dim = word.trim().toLowerCase();
    if (dim === "?" || dim === "null" || dim === "none") return null;
    const size = /^\d+$/.test(dim) ? Number(dim) : 0;
    if (Number.isSafeInteger(size) && size > 0) return size;
    return fail(
      "bad-option",
      `${flag} is "${text}", expected sizes such as 1,224,224,3, with ? for a free one.`,
    );
  });
}

/** Shapes by input name, or one shape for the only input. */
export function parseShapes(
  flag: string,
  texts: readonly string[],
): readonly Dim[] | Readonly<Record<string, readonly Dim[]>> {
  const [first = ""] = texts;
  if (texts.length === 1 && !first.includes("=")) return parseShape(flag, first);
  return Object.fromEntries(
    Object.entries(parsePairs(flag, texts)).map(([name, shape]) => [name, parseShape(flag, shape)]),
  );
}

/** Splits at commas that no backslash precedes, and takes the backslashes away. */
function splitEscaped(text: string): readonly string[] {
  const items = [""];
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    const next = text.charAt(at + 1);
    if (char === "\\" && (next === "," || next === "\\")) {
      items.push(`${items.pop() ?? ""}${next}`);
      at += 1;
    } else if (char === ",") items.push("");
    else items.push(`${items.pop() ?? ""}${char}`);
  }
  return items;
}
