/** A parsed JSON value that nobody may change. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** A JSON object by key. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Whether a JSON value is an object: neither null nor a list. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !isJsonList(value);
}

/** Whether a JSON value is a list (`Array.isArray` does not narrow a readonly one). */
export function isJsonList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
