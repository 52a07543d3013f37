import { isJsonList, isJsonObject, type Json, type JsonObject } from "../json.ts";
import type { Dialect } from "../sources/keras/layer-spec.ts";
import { allLayers, type ModelConfig } from "../sources/keras/topology.ts";

/** A layer of a new head. */
export type HeadLayer =
  | { readonly kind: "pooling"; readonly rank: number; readonly channelsFirst: boolean }
  | { readonly kind: "dropout"; readonly rate: number }
  | {
      readonly kind: "dense";
      readonly units: number;
      readonly activation: string;
      readonly l2: number;
      /** Numbers that it reads. */
      readonly features: number;
    };

/** How a model's file spells its layers. */
export interface LayerWords {
  readonly dialect: Dialect;
  /** Whether objects say their module, as tf.keras from 2.12 on and Keras 3 write them. */
  readonly modules: boolean;
  /** Whether every layer states a dtype. */
  readonly dtypes: boolean;
}

/** How the layers of a model are spelled; `json` is what it was parsed from. */
export function wordsOf(json: JsonObject, model: ModelConfig, dialect: Dialect): LayerWords {
  const { config } = json;
  const list = isJsonList(config) ? config : isJsonObject(config) ? config.layers : [];
  const modules =
    dialect.generation === 3 ||
    (isJsonList(list) && list.some((entry) => isJsonObject(entry) && "module" in entry));
  const layers = allLayers(model).filter(({ className }) => className !== "InputLayer");
  const stating = layers.filter(({ json: own, model: inner }) => !inner && "dtype" in own);
  const plain = layers.filter(({ model: inner }) => !inner);
  return { dialect, modules, dtypes: stating.length > plain.length / 2 };
}

/** The class of a new layer. */
export function classOf(layer: HeadLayer): string {
  if (layer.kind === "dense") return "Dense";
  return layer.kind === "dropout" ? "Dropout" : `GlobalAveragePooling${layer.rank - 2}D`;
}

/** The entry of a new layer, without its calls. */
export function layerEntry(
  layer: HeadLayer,
  { name, input }: { readonly name: string; readonly input: readonly (number | null)[] },
  words: LayerWords,
): JsonObject {
  const { generation } = words.dialect;
  const own = generation === 1 ? keras1Config(layer, words) : plainConfig(layer, words);
  const dtype = words.dtypes ? { dtype: generation === 3 ? float32() : "float32" } : {};
  const config = { name, trainable: true, ...dtype, ...own };
  const className = classOf(layer);
  if (!words.modules) return { class_name: className, config };
  const build = { build_config: { input_shape: [...input] } };
  return { ...object("keras.layers", className, config), ...build };
}

/** @see keras/layers/core.py (1.2.2) `Dense.get_config` */
function keras1Config(layer: HeadLayer, { dialect }: LayerWords): JsonObject {
  if (layer.kind === "dropout") return { p: layer.rate };
  if (layer.kind === "pooling") {
    return layer.rank === 3 ? {} : { dim_ordering: layer.channelsFirst ? "th" : "tf" };
  }
  const { units, activation, l2, features } = layer;
  const name = /^1\.[01]\b/.test(dialect.version) ? "WeightRegularizer" : "L1L2Regularizer";
  return {
    output_dim: units,
    init: "glorot_uniform",
    activation,
    W_regularizer: l2 === 0 ? null : { name, l1: 0, l2 },
    b_regularizer: null,
    activity_regularizer: null,
    W_constraint: null,
    b_constraint: null,
    bias: true,
    input_dim: features,
  };
}

function plainConfig(layer: HeadLayer, words: LayerWords): JsonObject {
  const later = words.dialect.generation === "tf" || words.dialect.generation === 3;
  if (layer.kind === "dropout") return { rate: layer.rate, noise_shape: null, seed: null };
  if (layer.kind === "pooling") {
    const format = layer.channelsFirst ? "channels_first" : "channels_last";
    const stated = layer.rank > 3 || later ? { data_format: format } : {};
    return later && keepsDims(words) ? { ...stated, keepdims: false } : stated;
  }
  return {
    units: layer.units,
    activation: layer.activation,
    use_bias: true,
    kernel_initializer: glorot(words),
    bias_initializer: named("keras.initializers", "Zeros", {}, words),
    kernel_regularizer: layer.l2 === 0 ? null : regularizer(layer.l2, words),
    bias_regularizer: null,
    ...(words.dialect.generation === 3 ? {} : { activity_regularizer: null }),
    kernel_constraint: null,
    bias_constraint: null,
  };
}

/** From tf.keras 2.6 on. */
function keepsDims({ dialect: { generation, version } }: LayerWords): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return generation === 3 || (major === 2 && minor >= 6);
}

function glorot(words: LayerWords): Json {
  const { generation } = words.dialect;
  return generation === 2
    ? {
        class_name: "VarianceScaling",
        config: { scale: 1, mode: "fan_avg", distribution: "uniform", seed: null },
      }
    : named("keras.initializers", "GlorotUniform", { seed: null }, words);
}

function regularizer(l2: number, words: LayerWords): Json {
  return words.modules
    ? object("keras.regularizers", "L2", { l2 })
    : { class_name: "L1L2", config: { l1: 0, l2 } };
}

function named(module: string, className: string, config: JsonObject, words: LayerWords): Json {
  return words.modules ? object(module, className, config) : { class_name: className, config };
}

function object(module: string, className: string, config: JsonObject): JsonObject {
  return { module, class_name: className, config, registered_name: null };
}

function float32(): JsonObject {
  return object("keras", "DTypePolicy", { name: "float32" });
}
