import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../json.ts";

/**
 * A layer's config without the wrappings of Keras 2.12 and later: tuples become lists, dtype policies their names.
 */
export function unwrapConfig(config: JsonObject): JsonObject {
  const plain = mapValues(config, unwrapTuples);
  const dtype = plain.dtype;
  return dtype === undefined ? plain : { ...plain, dtype: policyName(dtype) };
}

/**
 * The word for a dtype or dtype policy: `float32`, `mixed_float16`, `int8_from_float32`.
 *
 * @see keras/src/dtype_policies (Keras 3), tf.keras `mixed_precision/policy.py`
 */
function policyName(dtype: Json): Json {
  if (!isJsonObject(dtype)) return dtype;
  const { config } = dtype;
  if (!isJsonObject(config)) return null;
  const { name, mode, source_name: source } = config;
  if (typeof name === "string") return name;
  return typeof mode === "string" && typeof source === "string" ? `${mode}_from_${source}` : null;
}

/** `__tuple__` objects at any depth as lists. */
export function unwrapTuples(value: Json): Json {
  if (isJsonList(value)) return value.map(unwrapTuples);
  if (!isJsonObject(value)) return value;
  if (value.class_name === "__tuple__") return tupleItems(value).map(unwrapTuples);
  return mapValues(value, unwrapTuples);
}

/** Keras 2.12 and 3 put the items in different places. */
function tupleItems(tuple: JsonObject): readonly Json[] {
  const { config, items } = tuple;
  if (isJsonList(items)) return items;
  if (!isJsonObject(config)) return [];
  const inner = config.value ?? config.items ?? [];
  return isJsonList(inner) ? inner : [];
}

function mapValues(object: JsonObject, map: (value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}
