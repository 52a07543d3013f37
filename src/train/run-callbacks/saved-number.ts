import type { JsonObject } from "../../json.ts";

/** A number of a callback's saved state, or another one where it is not there. */
export function numberAt(json: JsonObject, key: string, otherwise: number): number {
  const value = json[key];
  return typeof value === "number" ? value : otherwise;
}
