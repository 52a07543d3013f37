import {
  ARCHITECTURE_VERSION,
  type ArchitectureOptions,
  architectureConfig,
} from "../architectures/index.ts";
import type { ByteSource } from "../formats/bytes.ts";
import { isJsonList, isJsonObject, type JsonObject } from "../json.ts";
import { layerOrder } from "../sources/keras/layer-order.ts";
import type { Dialect } from "../sources/keras/layer-spec.ts";
import { namesInFile } from "../sources/keras/names-in-file.ts";
import { layerName, parseModel } from "../sources/keras/parse-model.ts";
import type { TracedModel } from "../sources/keras/traced-model.ts";
import { initialiseModel } from "./initialise.ts";

/** What an architecture is built with, and from which numbers. */
export interface BuildOptions extends Omit<ArchitectureOptions, "layerNames"> {
  /** A file whose weights will be loaded: where releases of the architecture differ, the one that it is of is built. */
  readonly like?: ByteSource;
  /** 0 by default. */
  readonly seed?: number;
}

/**
 * A published architecture (`mobilenet`, `resnet50`, …) with random weights: layers, their order and their weights are those of
 * `keras.applications`, so that its weight files load.
 */
export function buildArchitecture(name: string, options: BuildOptions = {}): TracedModel {
  const { seed = 0, like, ...rest } = options;
  const layerNames = like === undefined ? [] : namesInFile(like);
  const config = architectureConfig(name, { ...rest, layerNames });
  return initialiseModel(sorted(config), { dialect: DIALECT, seed });
}

const DIALECT: Dialect = { generation: "tf", version: ARCHITECTURE_VERSION, backend: "tensorflow" };

/** Layers in the order that Keras gives them, by which weights are stored. */
function sorted(json: JsonObject): JsonObject {
  const { config } = json;
  const entries = isJsonObject(config) && isJsonList(config.layers) ? config.layers : [];
  const context = { dialect: DIALECT, at: {}, prefix: "", trainable: true, depth: 0 };
  const byName = new Map(entries.map((entry) => [layerName(entry), entry]));
  const order = layerOrder(parseModel(json, context));
  const layers = order.flatMap((layer) => byName.get(layer.name) ?? []);
  return { ...json, config: { ...(isJsonObject(config) ? config : {}), layers } };
}
