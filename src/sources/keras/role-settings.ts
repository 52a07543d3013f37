import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../json.ts";
import { innermost, type LayerConfig, type ModelConfig } from "./topology.ts";

/** All layers of a model that have weights of their own, those of nested models and wrapped ones included. */
export function layersOf(model: ModelConfig): readonly LayerConfig[] {
  return model.layers.flatMap(allIn);
}

/** What a layer's config says of one of its weights: the name of the argument, and its value. */
export function roleSetting(
  layer: LayerConfig,
  role: string,
  setting: "regularizer" | "constraint",
): { readonly key: string; readonly value: Json } {
  // A role under its layer's config: that of the wrapped layer for `forward/kernel`.
  const owner = role.includes("/") ? innermost(layer) : layer;
  const key = `${prefixOf(owner.className, role.slice(role.lastIndexOf("/") + 1))}_${setting}`;
  return { key, value: cellConfig(owner.config, role)[key] ?? null };
}

/** The config of the cell in an `RNN` whose weight it is, `cell_1/kernel` that of the second; without cells the layer's own. */
function cellConfig(config: JsonObject, role: string): JsonObject {
  const { cell, cells } = config;
  const [, number] = /(?:^|\/)cell_(\d+)\//.exec(role) ?? [];
  const inner = isJsonList(cells) ? cells[Number(number)] : cell;
  if (!isJsonObject(inner) || !isJsonObject(inner.config)) return config;
  return cellConfig(inner.config, role);
}

function allIn(layer: LayerConfig): readonly LayerConfig[] {
  if (layer.model !== undefined) return layersOf(layer.model);
  return layer.wrapped === undefined ? [layer] : [layer, ...allIn(layer.wrapped)];
}

function prefixOf(className: string, role: string): string {
  // Keras 3 calls the kernel of a depthwise layer `kernel`, but not its regularizer.
  if (role === "kernel" && className.startsWith("Depthwise")) return "depthwise";
  return ["depthwise", "pointwise", "recurrent"].find((name) => role === `${name}_kernel`) ?? role;
}
