import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../../json.ts";
import { KERAS2_WORDS } from "../keras2/words.ts";
import { refuse } from "../translation/layer-facts.ts";
import type { LayerFacts, Step, TranslatedLayer } from "../translation/words.ts";
import { keras1Arguments } from "./arguments.ts";

/** Translates a layer (class and config in Keras 2 spelling) to Keras 1.2.2, by way of Keras 2; logs what cannot be said there. */
export function translateLayer(
  className: string,
  config: JsonObject,
  facts: LayerFacts,
): TranslatedLayer {
  const modern = KERAS2_WORDS.translateLayer(className, config, facts);
  const { before, after } = modern;
  const own = older(modern.className, modern.config, facts);
  return {
    ...own,
    ...(before === undefined ? {} : { before: olderStep(before, facts) }),
    ...(after === undefined ? {} : { after: after.map((step) => olderStep(step, facts)) }),
    ...(modern.reworded || own.className === "Merge" ? { reworded: true } : {}),
  };
}

function olderStep({ suffix, className, config }: Step, facts: LayerFacts): Step {
  return { suffix, ...older(className, config, facts) };
}

interface OlderLayer {
  readonly className: string;
  readonly config: JsonObject;
}

const MERGES: ReadonlyMap<string, string> = new Map([
  ["Add", "sum"],
  ["Multiply", "mul"],
  ["Average", "ave"],
  ["Maximum", "max"],
  ["Concatenate", "concat"],
]);

/** A layer of Keras 2 in the words of Keras 1. */
function older(className: string, config: JsonObject, facts: LayerFacts): OlderLayer {
  const mode = MERGES.get(className);
  if (mode !== undefined) {
    const { name = null, axis = -1 } = config;
    return { className: "Merge", config: { name, mode, concat_axis: axis, ...MERGE } };
  }
  const fn = functionOf(className, config);
  if (fn !== undefined) {
    const { name = null, trainable = true } = config;
    return { className: "Activation", config: { name, trainable, activation: fn } };
  }
  const dilated = isDilated(config.dilation_rate ?? null);
  const named = dilated ? DILATED.get(className) : (CLASSES.get(className) ?? className);
  const wanted = keras1Arguments(named ?? className);
  if (wanted === undefined) {
    refuse(facts, `Keras 1 has no layer of class ${facts.fileClass}.`);
    return { className, config };
  }
  refuseLater(className, config, facts);
  if (named === undefined) refuse(facts, "its dilation does not exist in Keras 1.");
  const entries = Object.entries(config).map(([key, value]): readonly [string, Json] =>
    key === "layer" ? [key, olderHeld(value, facts)] : renamed(key, value, className),
  );
  const kept = [...entries, ...sizes(className, config)].filter(([key]) => wanted.has(key));
  return { className: named ?? className, config: Object.fromEntries(kept) };
}

/** Classes that had other names. */
const CLASSES: ReadonlyMap<string, string> = new Map([
  ["Conv1D", "Convolution1D"],
  ["Conv2D", "Convolution2D"],
  ["Conv3D", "Convolution3D"],
  ["SeparableConv2D", "SeparableConvolution2D"],
]);

/** Classes with holes between their places. */
const DILATED: ReadonlyMap<string, string> = new Map([
  ["Conv1D", "AtrousConvolution1D"],
  ["Conv2D", "AtrousConvolution2D"],
]);

/** Layers that Keras 1 has as functions alone. */
function functionOf(className: string, config: JsonObject): string | undefined {
  if (className === "Softmax") return config.axis === -1 ? "softmax" : undefined;
  if (className !== "ReLU") return undefined;
  const { max_value: top = null, negative_slope: slope = 0, threshold = 0 } = config;
  return top === null && slope === 0 && threshold === 0 ? "relu" : undefined;
}

const MERGE: JsonObject = {
  mode_type: "raw",
  dot_axes: -1,
  output_shape: null,
  output_shape_type: "raw",
  output_mask: null,
  output_mask_type: "raw",
  arguments: {},
};

/** Names of arguments that are the same for all classes. */
const RENAMES: ReadonlyMap<string, string> = new Map([
  ["units", "output_dim"],
  ["rate", "p"],
  ["dropout", "dropout_W"],
  ["recurrent_dropout", "dropout_U"],
  ["dilation_rate", "atrous_rate"],
  ["filters", "nb_filter"],
  ["padding", "border_mode"],
  ["data_format", "dim_ordering"],
  ["use_bias", "bias"],
  ["kernel_initializer", "init"],
  ["embeddings_initializer", "init"],
  ["recurrent_initializer", "inner_init"],
  ["alpha_initializer", "init"],
  ["recurrent_activation", "inner_activation"],
  ["kernel_regularizer", "W_regularizer"],
  ["embeddings_regularizer", "W_regularizer"],
  ["recurrent_regularizer", "U_regularizer"],
  ["bias_regularizer", "b_regularizer"],
  ["kernel_constraint", "W_constraint"],
  ["embeddings_constraint", "W_constraint"],
  ["bias_constraint", "b_constraint"],
  ["gamma_initializer", "gamma_init"],
  ["beta_initializer", "beta_init"],
]);

/** Arguments that are called otherwise in some classes. */
const CLASS_RENAMES: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  [
    "AveragePooling1D",
    new Map([
      ["pool_size", "pool_length"],
      ["strides", "stride"],
    ]),
  ],
  [
    "MaxPooling1D",
    new Map([
      ["pool_size", "pool_length"],
      ["strides", "stride"],
    ]),
  ],
  ["Conv1D", new Map([["strides", "subsample_length"]])],
  ["Conv2D", new Map([["strides", "subsample"]])],
  ["Conv3D", new Map([["strides", "subsample"]])],
  [
    "SeparableConv2D",
    new Map([
      ["strides", "subsample"],
      ["depthwise_initializer", "init"],
    ]),
  ],
  ["UpSampling1D", new Map([["size", "length"]])],
  ["GaussianNoise", new Map([["stddev", "sigma"]])],
  ["ZeroPadding1D", new Map([["padding", "padding"]])],
  ["ZeroPadding2D", new Map([["padding", "padding"]])],
  ["ZeroPadding3D", new Map([["padding", "padding"]])],
  ["InputLayer", new Map([["dtype", "input_dtype"]])],
]);

function renamed(key: string, value: Json, className: string): readonly [string, Json] {
  const name = CLASS_RENAMES.get(className)?.get(key) ?? RENAMES.get(key) ?? key;
  return [name, olderValue(name, key, value)];
}

/** A layer in the config of another. */
function olderHeld(held: Json, facts: LayerFacts): Json {
  if (!isJsonObject(held) || !isJsonObject(held.config)) return held;
  if (typeof held.class_name !== "string" || held.config.layers !== undefined) return held;
  const { className, config } = older(held.class_name, held.config, facts);
  return { class_name: className, config };
}

/** The value of an argument. */
function olderValue(name: string, key: string, value: Json): Json {
  if (key === "data_format") return value === "channels_first" ? "th" : "tf";
  if (name === "padding") return flatAmounts(value);
  if (key.endsWith("_initializer")) return initializerName(value);
  if (key.endsWith("_regularizer")) return regularizerOf(value);
  if (key.endsWith("_constraint")) return constraintOf(value);
  if (key === "dilation_rate") return name === "atrous_rate" ? value : null;
  if (
    name === "stride" ||
    name === "subsample_length" ||
    name === "pool_length" ||
    name === "length" ||
    (name === "atrous_rate" && isJsonList(value) && value.length === 1)
  )
    return single(value);
  return value;
}

/** Zeros above, below, left and right stand in one list. */
function flatAmounts(value: Json): Json {
  return isJsonList(value) && value.length === 2 ? value.flat() : value;
}

/** One number that Keras 2 has in a list. */
function single(value: Json): Json {
  return isJsonList(value) ? (value[0] ?? null) : value;
}

/** Keras 1 has names alone. */
function initializerName(value: Json): Json {
  if (typeof value === "string") return value;
  const className = isJsonObject(value) ? value.class_name : undefined;
  return (typeof className === "string" ? NAMES.get(className) : undefined) ?? "glorot_uniform";
}

const NAMES: ReadonlyMap<string, string> = new Map([
  ["Identity", "identity"],
  ["Ones", "one"],
  ["Orthogonal", "orthogonal"],
  ["RandomNormal", "normal"],
  ["RandomUniform", "uniform"],
  ["Zeros", "zero"],
]);

function regularizerOf(value: Json): Json {
  if (!isJsonObject(value) || !isJsonObject(value.config)) return value;
  return { name: "L1L2Regularizer", ...value.config };
}

function constraintOf(value: Json): Json {
  if (!isJsonObject(value) || !isJsonObject(value.config)) return value;
  const { max_value: m, ...rest } = value.config;
  const { class_name: name = null } = value;
  return { name, ...rest, ...(m === undefined ? {} : { m }) };
}

/** Kernels' sizes have an argument for each axis. */
function sizes(
  className: string,
  { kernel_size: size = null }: JsonObject,
): readonly (readonly [string, Json])[] {
  const list = isJsonList(size) ? size : [size];
  const [first = null, second = null] = list;
  if (className === "Conv1D") return [["filter_length", first]];
  if (className === "Conv3D") return list.map((one, index) => [`kernel_dim${index + 1}`, one]);
  return className === "Conv2D" || className === "SeparableConv2D"
    ? [
        ["nb_row", first],
        ["nb_col", second],
      ]
    : [];
}

function isDilated(rate: Json): boolean {
  return isJsonList(rate) ? rate.some((one) => one !== 1) : rate !== null && rate !== 1;
}

/** What Keras 1 has no word for. */
function refuseLater(className: string, config: JsonObject, facts: LayerFacts): void {
  const say = (text: string): void => refuse(facts, text);
  if (config.return_state === true) say("it returns its states, which Keras 1 does not.");
  if (config.reset_after === true) say("its reset_after does not exist in Keras 1.");
  if (className === "BatchNormalization" && (config.center === false || config.scale === false)) {
    say("Keras 1 always normalises with gamma and beta.");
  }
  const recurrent = className === "LSTM" || className === "GRU" || className === "SimpleRNN";
  if (recurrent && config.use_bias === false) say("it has no bias, which Keras 1 does not allow.");
  if (isDilated(config.dilation_rate ?? null) && config.padding !== "same") {
    say("Keras 1 spreads kernels with same padding alone.");
  }
  if (className === "ZeroPadding3D") say("Keras 1 pads volumes in another way.");
  if (config.padding === "causal") say("its causal padding does not exist in Keras 1.");
  if (config.interpolation !== undefined && config.interpolation !== "nearest") {
    say("Keras 1 repeats rows and columns, and interpolates nothing.");
  }
  if (
    String(config.activation ?? "") === "selu" ||
    String(config.activation ?? "") === "exponential"
  ) {
    say(`its activation ${String(config.activation)} does not exist in Keras 1.`);
  }
}
