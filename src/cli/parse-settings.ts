import { fail } from "../errors.ts";
import { parseList, parseNumber, parsePair } from "./parse-values.ts";

/** Settings in one option: `patience=5,monitor=val_acc,restore-best-weights`. */
export interface Settings {
  number(key: string): number | undefined;
  text<T extends string>(key: string, allowed?: readonly T[]): string | undefined;
  has(key: string): boolean;
}

/**
 * Reads settings by names that are Keras', with hyphens or underscores. A number that stands alone is `main`. Throws `bad-option`
 * for a name that is not among the known ones.
 */
export function parseSettings(
  flag: string,
  text: string,
  { known, main }: { readonly known: readonly string[]; readonly main: string },
): Settings {
  const values = new Map<string, string>();
  for (const item of text.trim() === "" ? [] : parseList(flag, text)) {
    const [name, value] = pairOf(flag, item, main);
    const key = name.toLowerCase().replaceAll("_", "-");
    if (!known.includes(key)) {
      fail("bad-option", `${flag} has no setting "${name}", expected ${known.join(", ")}.`);
    }
    if (values.has(key)) fail("bad-option", `${flag} gives "${name}" twice.`);
    values.set(key, value.trim());
  }
  return {
    has: (key) => values.has(key) && values.get(key) !== "false",
    number(key) {
      const value = values.get(key);
      return value === undefined ? undefined : parseNumber(`${flag} ${key}`, value);
    },
    text(key, allowed) {
      const value = values.get(key);
      if (value === undefined || allowed === undefined) return value;
      const word = allowed.find((one) => one === value.toLowerCase());
      return (
        word ??
        fail("bad-option", `${flag} ${key} is "${value}", expected ${allowed.join(" or ")}.`)
      );
    },
  };
}

function pairOf(flag: string, item: string, main: string): readonly [string, string] {
  if (item.includes("=")) return parsePair(flag, item);
  return /^[-+.\d]/.test(item) ? [main, item] : [item, "true"];
}
