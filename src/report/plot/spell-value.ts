import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../json.ts";

/** A setting as a person would write it: objects of Keras by their class, `GlorotUniform(seed: null)`. */
export function spellValue(value: Json, depth = 0): string {
  if (typeof value === "string") return value;
  if (!isJsonList(value) && !isJsonObject(value)) return String(value);
  if (depth === DEEPEST) return "…";
  if (isJsonList(value)) {
    return `(${value.map((item) => spellValue(item, depth + 1)).join(", ")})`;
  }
  const { class_name: className, config } = value;
  if (typeof className !== "string") return `{${entriesOf(value, depth)}}`;
  if (typeof config === "string") return config;
  const inner = isJsonObject(config) ? entriesOf(config, depth) : "";
  return inner === "" ? className : `${className}(${inner})`;
}

const DEEPEST = 8;

function entriesOf(object: JsonObject, depth: number): string {
  const entries = Object.entries(object);
  return entries.map(([key, value]) => `${key}: ${spellValue(value, depth + 1)}`).join(", ");
}
