import { fail, type Place } from "../../errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../../json.ts";

/**
 * Parses JSON as Python writes it: `NaN`, `Infinity` and `-Infinity` stand where numbers may. Throws
 * `corrupt-file`, naming `at`.
 */
export function parsePythonJson(text: string, at: Place): Json {
  const plain = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  try {
    return JSON.parse(plain);
  } catch (error) {
    const repaired = quoteSpecials(plain);
    if (repaired === plain) return unreadable(error, at);
    try {
      return JSON.parse(repaired, restoreSpecial);
    } catch (second) {
      return unreadable(second, at);
    }
  }
}

/** The same for a text that must be an object. Throws `bad-config` when it is something else. */
export function parseObject(text: string, file: string, path?: string): JsonObject {
  const at = path === undefined ? { file } : { file, path };
  const json = parsePythonJson(text, at);
  if (isJsonObject(json)) return json;
  return fail("bad-config", "The JSON is not an object.", { at });
}

/** A mark that no text in a config starts with. */
const MARK = "\u0001number:";

const SPECIALS = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

/** Texts are matched first, so that what stands inside them is left alone. */
function quoteSpecials(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g, (found) =>
    found.startsWith('"') ? found : `"\\u0001number:${found}"`,
  );
}

function restoreSpecial(_key: string, value: unknown): unknown {
  if (typeof value !== "string" || !value.startsWith(MARK)) return value;
  return SPECIALS.get(value.slice(MARK.length)) ?? value;
}

function unreadable(error: unknown, at: Place): never {
  const reason = error instanceof Error ? error.message : String(error);
  return fail("corrupt-file", `The JSON cannot be parsed: ${reason}.`, {
    at,
    hint: "The file is damaged or was edited by hand; fetch it again.",
    cause: error,
  });
}
