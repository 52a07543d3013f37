import { isJsonList, isJsonObject, type Json, type JsonObject } from "../json.ts";
import { layerName } from "../sources/keras/parse-model.ts";
import { sequentialEntries } from "../sources/keras/sequential.ts";
import type { LayerConfig, ModelConfig } from "../sources/keras/topology.ts";

/** What becomes of the entry of one layer; the same object where nothing changes. */
export type EntryMap = (entry: JsonObject, layer: LayerConfig) => JsonObject;

/**
 * A model's JSON with the entry of every layer mapped, layers of nested models and wrapped ones before what holds them. `model` is what
 * was parsed from it. What does not change stays as it is.
 */
export function mapLayers(json: JsonObject, model: ModelConfig, map: EntryMap): JsonObject {
  const { config } = json;
  const list = isJsonList(config) ? config : isJsonObject(config) ? config.layers : undefined;
  if (!isJsonList(list)) return json;
  const layers = mapList(list, model, map);
  if (layers.every((entry, index) => entry === list[index])) return json;
  return { ...json, config: isJsonObject(config) ? { ...config, layers } : layers };
}

/** An entry with other values under keys of its config. */
export function withConfig(entry: JsonObject, changes: JsonObject): JsonObject {
  const config = isJsonObject(entry.config) ? entry.config : {};
  const same = Object.entries(changes).every(([key, value]) => config[key] === value);
  return same ? entry : { ...entry, config: { ...config, ...changes } };
}

function mapList(list: readonly Json[], model: ModelConfig, map: EntryMap): readonly Json[] {
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]));
  const mapped = (entry: Json, name: string | undefined): Json => {
    const layer = layers.get(name ?? "");
    return isJsonObject(entry) && layer !== undefined ? mapEntry(entry, layer, map) : entry;
  };
  if (model.kind === "functional") return list.map((entry) => mapped(entry, layerName(entry)));
  const result = [...list];
  for (const { entry, place, branch } of sequentialEntries(list)) {
    const name = layerName(entry);
    const known = result[place];
    if (branch === undefined) result[place] = mapped(known ?? null, name);
    else result[place] = mapBranch(known ?? null, branch, (inner) => mapped(inner, name));
  }
  return result;
}

function mapBranch(merge: Json, branch: number, map: (entry: Json) => Json): Json {
  if (!isJsonObject(merge) || !isJsonObject(merge.config)) return merge;
  const { layers } = merge.config;
  if (!isJsonList(layers)) return merge;
  const branches = layers.map((entry, index) => (index === branch ? map(entry) : entry));
  return withConfig(merge, branches[branch] === layers[branch] ? {} : { layers: branches });
}

function mapEntry(entry: JsonObject, layer: LayerConfig, map: EntryMap): JsonObject {
  if (layer.model !== undefined) return map(mapLayers(entry, layer.model, map), layer);
  const { config } = entry;
  const held = isJsonObject(config) ? config.layer : undefined;
  if (layer.wrapped === undefined || !isJsonObject(held)) return map(entry, layer);
  return map(withConfig(entry, { layer: mapEntry(held, layer.wrapped, map) }), layer);
}
