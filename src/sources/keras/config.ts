import { fail, type Place } from "../../errors.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../json.ts";

/**
 * Typed access to one JSON object of a Keras config. Every error names the layer and the JSON path. Absent and
 * null are the same: Keras writes both for "default".
 */
export interface ConfigReader {
  readonly json: JsonObject;
  readonly at: Place;
  has(key: string): boolean;
  raw(key: string): Json | undefined;
  int(key: string, fallback?: number): number;
  number(key: string, fallback?: number): number;
  bool(key: string, fallback?: boolean): boolean;
  string(key: string, fallback?: string): string;
  oneOf<T extends string>(key: string, allowed: readonly T[], fallback?: T): T;
  /** `3` or `[3, 3]` or `[3]`, as `rank` whole numbers. */
  ints(key: string, rank: number, fallback?: readonly number[]): readonly number[];
  /** A list of whole numbers of any length. */
  intList(key: string, fallback?: readonly number[]): readonly number[];
  object(key: string): ConfigReader | undefined;
  /** A list of objects (`cells` of StackedRNNCells); empty when absent. */
  objects(key: string): readonly ConfigReader[];
  list(key: string): readonly Json[];
}

/** A reader over `json`; `at` names the layer, or the place in the file. */
export function createConfigReader(json: JsonObject, at: Place = {}): ConfigReader {
  const raw = (key: string): Json | undefined =>
    Object.hasOwn(json, key) ? (json[key] ?? undefined) : undefined;
  /** Reads `key` with `parse`, which gives undefined for what it does not take. */
  const read = <T>(
    key: string,
    expected: string,
    parse: (value: Json) => T | undefined,
    fallback: T | undefined,
  ): T => {
    const value = raw(key);
    if (value === undefined) return fallback ?? missing(at, key, expected);
    return parse(value) ?? wrong(at, key, expected, value);
  };
  return {
    json,
    at,
    raw,
    has: (key) => raw(key) !== undefined,
    int: (key, fallback) => read(key, "a whole number", asInt, fallback),
    number: (key, fallback) => read(key, "a number", asNumber, fallback),
    bool: (key, fallback) => read(key, "true or false", asBool, fallback),
    string: (key, fallback) => read(key, "a text", asString, fallback),
    oneOf: (key, allowed, fallback) =>
      read(key, orList(allowed), (value) => allowed.find((word) => word === value), fallback),
    ints: (key, rank, fallback) => read(key, whole(rank), (value) => asInts(value, rank), fallback),
    intList: (key, fallback) =>
      read(key, "a list of whole numbers", (value) => asIntList(value), fallback),
    object(key) {
      const value = raw(key);
      if (value === undefined) return undefined;
      if (!isJsonObject(value)) return wrong(at, key, "an object", value);
      return createConfigReader(value, at);
    },
    objects: (key) =>
      read(key, "a list of objects", asObjects, []).map((item) => createConfigReader(item, at)),
    list: (key) => read(key, "a list", (value) => (isJsonList(value) ? value : undefined), []),
  };
}

/** A JSON value as messages quote it, not longer than a line. */
export function quoteJson(value: Json): string {
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}

function missing(at: Place, key: string, expected: string): never {
  return fail("bad-config", `"${key}" is missing, expected ${expected}.`, { at });
}

function wrong(at: Place, key: string, expected: string, value: Json): never {
  return fail("bad-config", `"${key}" is ${quoteJson(value)}, expected ${expected}.`, { at });
}

/** No size in a model exceeds 32 bits; every target counts with them. */
const LARGEST_INT = 2 ** 31 - 1;

function asInt(value: Json): number | undefined {
  const sound = typeof value === "number" && Number.isInteger(value);
  return sound && Math.abs(value) <= LARGEST_INT ? value : undefined;
}

function asNumber(value: Json): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** Python's `bool` may come as 0 or 1 from numpy. */
function asBool(value: Json): boolean | undefined {
  if (value === 0 || value === 1) return value === 1;
  return typeof value === "boolean" ? value : undefined;
}

function asString(value: Json): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function asInts(value: Json, rank: number): readonly number[] | undefined {
  const single = asInt(value);
  if (single !== undefined) return Array.from({ length: rank }, () => single);
  const list = asIntList(value);
  const [only] = list ?? [];
  if (list?.length === 1 && only !== undefined) return Array.from({ length: rank }, () => only);
  return list?.length === rank ? list : undefined;
}

function asIntList(value: Json): readonly number[] | undefined {
  if (!isJsonList(value)) return undefined;
  const numbers = value.map(asInt).filter((number) => number !== undefined);
  return numbers.length === value.length ? numbers : undefined;
}

function asObjects(value: Json): readonly JsonObject[] | undefined {
  if (!isJsonList(value)) return undefined;
  const objects = value.filter(isJsonObject);
  return objects.length === value.length ? objects : undefined;
}

function whole(rank: number): string {
  return rank === 1 ? "a whole number" : `a whole number or a list of ${rank}`;
}

function orList(words: readonly string[]): string {
  const quoted = words.map((word) => `"${word}"`);
  const last = quoted.pop() ?? "";
  return quoted.length === 0 ? last : `${quoted.join(", ")} or ${last}`;
}
