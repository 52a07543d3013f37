import type { Json, JsonObject } from "../../../json.ts";
import type { ConfigReader } from "../config.ts";

/**
 * A number that some generations write bare, others as `{"type": "ndarray", "value": 6.0}` (Keras 2.2.3 to 2.3: numpy
 * scalars), as `{"class_name": "__numpy__", "config": {"value": 6.0}}` (tf.keras 2.12 on) or as a list of one. Undefined when
 * absent or null.
 */
export function looseNumber(config: ConfigReader, key: string): number | undefined {
  const numbers = looseNumbers(config, key);
  return numbers?.length === 1 ? numbers[0] : undefined;
}

/** The same for one or more numbers, nested lists flattened. Undefined when absent or not numbers. */
export function looseNumbers(config: ConfigReader, key: string): readonly number[] | undefined {
  return flatNumbers(config.raw(key));
}

/** Numbers of any nesting, in order. */
export function flatNumbers(json: Json | undefined): readonly number[] | undefined {
  if (typeof json === "number") return [json];
  if (json === undefined || json === null || typeof json !== "object") return undefined;
  if (!isList(json)) return flatNumbers(wrappedValue(json));
  const parts = json.map(flatNumbers);
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}

/** Lengths of a nested list of numbers, as numpy would see it; `[]` for a bare number. */
export function shapeOfNumbers(json: Json | undefined): readonly number[] {
  if (json === undefined || json === null || typeof json !== "object") return [];
  if (!isList(json)) return shapeOfNumbers(wrappedValue(json));
  return [json.length, ...shapeOfNumbers(json[0])];
}

/** Whether a JSON value is a list (`Array.isArray` does not narrow a readonly one). */
export function isList(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}

function wrappedValue(json: JsonObject): Json | undefined {
  const { value, config } = json;
  if (value !== undefined) return value;
  const inner = typeof config === "object" && config !== null && !isList(config) ? config : {};
  return inner.value;
}
