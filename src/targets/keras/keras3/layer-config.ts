import type { Diagnostics } from "../../../errors.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../../json.ts";
import type { Dialect } from "../../../sources/keras/layer-spec.ts";
import { convPadding } from "../../../sources/keras/layers/theano-padding.ts";
import { plainClass, snakeCase } from "../../../sources/keras/parse-model.ts";
import { unwrapConfig } from "../../../sources/keras/unwrap.ts";
import { modernise } from "../../../sources/keras/versions.ts";
import { activationName, isKeras3Activation } from "./activation.ts";
import { keras3Arguments } from "./arguments.ts";
import { constraint, dtypePolicy, initializer, keras3Object, regularizer } from "./objects.ts";
import { plainName } from "./plain-names.ts";

/** What translating a layer needs to know beside its config. */
export interface LayerFacts {
  readonly name: string;
  readonly path: string;
  readonly fileClass: string;
  readonly dialect: Dialect;
  readonly log: Diagnostics;
  /** What stands before the roles of its weights: `forward/` of what a Bidirectional holds. */
  readonly prefixes: readonly string[];
  /** Gates whose weights are to be scaled are noted here. */
  readonly steeper: SteeperGates[];
  /** Shape of a stored weight by role; undefined where there is none. */
  weightShape(role: string): readonly number[] | undefined;
}

/** A layer's config in the words of Keras 3. */
export interface TranslatedLayer {
  readonly className: string;
  readonly config: JsonObject;
  /** Zeros to add before it, as Theano pads: a layer of this class and config. */
  readonly before?: Step;
  /** Layers behind it that say its activation. */
  readonly after?: readonly Step[];
  /** Set where other words than before say the same. */
  readonly reworded?: true;
}

/** Gates, of how many, whose sigmoid was the steeper one of older Keras: their weights are scaled. */
export interface SteeperGates {
  /** Before the roles of the weights. */
  readonly prefix: string;
  readonly gates: readonly number[];
  readonly of: number;
}

/** A layer that is put beside another. */
export interface Step {
  readonly suffix: string;
  readonly className: string;
  readonly config: JsonObject;
}

/** Translates a layer (class and config in Keras 2 spelling) to Keras 3; logs what cannot be said there. */
export function translateLayer(
  className: string,
  config: JsonObject,
  facts: LayerFacts,
): TranslatedLayer {
  const modern =
    MERGES.get(`${className} ${String(config.mode)}`) ?? CLASSES.get(className) ?? className;
  const wanted = keras3Arguments(modern);
  if (wanted === undefined) {
    refuse(facts, `Keras 3 has no layer of class ${className}.`);
    return { className, config };
  }
  if (className === "BatchNormalization" && (config.mode ?? 0) !== 0) {
    refuse(facts, `its mode ${JSON.stringify(config.mode)} does not exist in Keras 3.`);
  }
  const { interpolation = null } = config;
  if (modern === "Resizing" && typeof interpolation === "string" && !RESIZED.has(interpolation)) {
    refuse(facts, `its interpolation "${interpolation}" does not exist in Keras 3.`);
  }
  if (config.renorm === true) refuse(facts, "its batch renormalisation differs in Keras 3.");
  const stated = { ...config, ...settled(className, modern, config, facts) };
  const sigmoid = hardSigmoid(modern, stated, facts);
  const padded = separatePadding(modern, stated, facts);
  const entries = Object.entries({ ...stated, ...sigmoid.config, ...padded.config })
    .filter(([key]) => wanted.has(key))
    .map(([key, value]) => [key, translateValue(key, value, stated, facts)] as const);
  const { after } = sigmoid;
  return {
    className: modern,
    config: { ...common(modern, stated, facts.name), ...Object.fromEntries(entries) },
    ...(padded.before === undefined ? {} : { before: padded.before }),
    ...(padded.reworded || className === "ThresholdedReLU" ? { reworded: true } : {}),
    ...(after === undefined ? {} : { after }),
  };
}

/** Classes that live on under another name. */
const CLASSES: ReadonlyMap<string, string> = new Map([
  ["CuDNNLSTM", "LSTM"],
  ["CuDNNGRU", "GRU"],
  ["LSTMV2", "LSTM"],
  ["GRUV2", "GRU"],
  ["LSTMCellV2", "LSTMCell"],
  ["GRUCellV2", "GRUCell"],
  ["BatchNormalizationV1", "BatchNormalization"],
  ["BatchNormalizationV2", "BatchNormalization"],
  ["ThresholdedReLU", "ReLU"],
]);

const RESIZED: ReadonlySet<string> = new Set([
  "nearest",
  "bilinear",
  "bicubic",
  "lanczos3",
  "lanczos5",
]);

/** `Merge` of Keras 1, by its mode. */
const MERGES: ReadonlyMap<string, string> = new Map([
  ["Merge sum", "Add"],
  ["Merge mul", "Multiply"],
  ["Merge ave", "Average"],
  ["Merge max", "Maximum"],
  ["Merge concat", "Concatenate"],
]);

function refuse({ log, path, fileClass }: LayerFacts, text: string): void {
  log.error({
    code: "unsupported",
    text,
    at: { layer: path, className: fileClass },
    hint: "Write the file's own generation instead, or replace the layer in the model.",
  });
}

/** What stands before the arguments of every layer. */
function common(className: string, config: JsonObject, name: string): JsonObject {
  const { dtype = null, trainable = true } = config;
  const policy = typeof dtype === "string" ? dtype : "float32";
  if (className === "InputLayer") {
    const { batch_input_shape: shape = null, sparse = false, ragged = false } = config;
    return { batch_shape: shape, dtype: policy, sparse, ragged: ragged ?? false, name };
  }
  if (UNTRAINED.test(className)) return { name, dtype: dtypePolicy(policy) };
  return { name, trainable, dtype: dtypePolicy(policy) };
}

/** Layers that take no `trainable`. */
const UNTRAINED = /^SpatialDropout|^Discretization$/;

/** Arguments that older files leave out and Keras 3 would take to be something else, or that have other names. */
function settled(
  className: string,
  modern: string,
  config: JsonObject,
  facts: LayerFacts,
): JsonObject {
  switch (modern) {
    case "GRU":
    case "GRUCell":
      return {
        ...(className.startsWith("CuDNN") ? FUSED : {}),
        reset_after: resetAfter(className, config, facts),
      };
    case "LSTM":
      return className.startsWith("CuDNN") ? FUSED : {};
    case "Flatten":
      return { data_format: config.data_format ?? "channels_last" };
    case "LeakyReLU":
      return { negative_slope: bare(config.negative_slope ?? config.alpha ?? 0.3) };
    case "ELU":
      return { alpha: bare(config.alpha ?? 1) };
    case "ReLU":
      if (className === "ThresholdedReLU") return { threshold: bare(config.theta ?? 1) };
      return {
        max_value: bare(config.max_value ?? null),
        negative_slope: bare(config.negative_slope ?? 0),
        threshold: bare(config.threshold ?? 0),
      };
    case "Concatenate":
      return { axis: config.axis ?? config.concat_axis ?? -1 };
    case "BatchNormalization":
      return { axis: single(config.axis ?? -1) };
    default:
      return {};
  }
}

const FUSED: JsonObject = { activation: "tanh", recurrent_activation: "sigmoid", use_bias: true };

function resetAfter(className: string, config: JsonObject, facts: LayerFacts): boolean {
  const shape = facts.weightShape(`${facts.prefixes[0] ?? ""}bias`);
  if (shape !== undefined) return shape.length === 2;
  return className.startsWith("CuDNN") || config.reset_after === true;
}

/** A number that numpy wrote as an object. */
function bare(value: Json): Json {
  return isJsonObject(value) && value.type === "ndarray" ? (value.value ?? null) : value;
}

function single(axis: Json): Json {
  return isJsonList(axis) && axis.length === 1 ? (axis[0] ?? -1) : axis;
}

type Sigmoid = Pick<TranslatedLayer, "after"> & { readonly config: JsonObject };

const GATES: ReadonlyMap<string, { readonly gates: readonly number[]; readonly of: number }> =
  new Map([
    ["LSTM", { gates: [0, 1, 3], of: 4 }],
    ["ConvLSTM1D", { gates: [0, 1, 3], of: 4 }],
    ["ConvLSTM2D", { gates: [0, 1, 3], of: 4 }],
    ["ConvLSTM3D", { gates: [0, 1, 3], of: 4 }],
    ["LSTMCell", { gates: [0, 1, 3], of: 4 }],
    ["GRU", { gates: [0, 1], of: 3 }],
    ["GRUCell", { gates: [0, 1], of: 3 }],
  ]);

/**
 * `hard_sigmoid` is clip(0.2 x + 0.5, 0, 1) before Keras 3, and clip(x / 6 + 0.5, 0, 1) in it. Gates get weights 1.2 times as
 * large instead; behind other layers the old function is written out.
 */
function hardSigmoid(className: string, config: JsonObject, facts: LayerFacts): Sigmoid {
  const gates = GATES.get(className);
  const gate = activationName(config.recurrent_activation ?? null) === "hard_sigmoid";
  const own = activationName(config.activation ?? null) === "hard_sigmoid";
  const recurrent = gates !== undefined || className.startsWith("SimpleRNN");
  if (own && recurrent) {
    refuse(
      facts,
      "the hard_sigmoid of older Keras, which is another function in Keras 3, is its activation.",
    );
  }
  if (gate && gates !== undefined) {
    facts.steeper.push(...facts.prefixes.map((prefix) => ({ prefix, ...gates })));
  }
  if (!own || recurrent) return { config: {} };
  const after = [
    { suffix: "scale", className: "Rescaling", config: { scale: 0.2, offset: 0.5 } },
    {
      suffix: "clip",
      className: "ReLU",
      config: { max_value: 1, negative_slope: 0, threshold: 0 },
    },
  ];
  return { config: { activation: "linear" }, after };
}

const PADDED = /^(Depthwise|Separable)?Conv([123])D$/;

/** Theano pads `same` otherwise than all others: the zeros get a layer of their own. */
function separatePadding(
  className: string,
  config: JsonObject,
  facts: LayerFacts,
): { readonly config: JsonObject; readonly before?: Step; readonly reworded?: true } {
  const { dialect } = facts;
  if (className === "SeparableConv1D" && config.padding === "causal") return causalPadding(config);
  if (dialect.backend !== "theano" || config.padding !== "same") return { config: {} };
  const rank = Number(PADDED.exec(className)?.[2] ?? 0);
  if (rank === 0) {
    const stride1 = numbers(config.strides ?? 1, 3).every((stride) => stride === 1);
    const odd = numbers(config.pool_size ?? 2, 3).every((size) => size % 2 === 1);
    if (/Pooling/.test(className) && !(stride1 && odd)) {
      refuse(facts, "Theano pads a pooling otherwise than Keras 3.");
    }
    return { config: {} };
  }
  const kernel = numbers(config.kernel_size ?? 1, rank);
  const dilations = numbers(config.dilation_rate ?? 1, rank);
  const strides = numbers(config.strides ?? 1, rank);
  const padding = convPadding("same", kernel, dilations, dialect);
  if (typeof padding === "string") return { config: {} };
  const even = padding.every(([before, after]) => before === after);
  if (even && strides.every((stride) => stride === 1)) return { config: {}, reworded: true };
  const amounts = padding.map(([before, after]): Json => [before, after]);
  const { data_format: format } = config;
  const step = {
    suffix: "pad",
    className: `ZeroPadding${rank}D`,
    config: {
      padding: rank === 1 ? (amounts[0] ?? 0) : amounts,
      ...(format === undefined ? {} : { data_format: format }),
    },
  };
  return { config: { padding: "valid" }, before: step };
}

/** Keras 3 knows `causal` for Conv1D alone. */
function causalPadding(config: JsonObject): { readonly config: JsonObject; readonly before: Step } {
  const [kernel = 1] = numbers(config.kernel_size ?? 1, 1);
  const [dilation = 1] = numbers(config.dilation_rate ?? 1, 1);
  const padding = [(kernel - 1) * dilation, 0];
  const step = { suffix: "pad", className: "ZeroPadding1D", config: { padding } };
  return { config: { padding: "valid" }, before: step };
}

function numbers(value: Json, rank: number): readonly number[] {
  const list = isJsonList(value) ? value : Array.from({ length: rank }, () => value);
  return list.map((item) => (typeof item === "number" ? item : 1));
}

function translateValue(key: string, value: Json, config: JsonObject, facts: LayerFacts): Json {
  if (key.endsWith("_initializer")) return initializer(value);
  if (key.endsWith("_regularizer")) return orRefuse(regularizer(value), key, value, facts);
  if (key.endsWith("_constraint")) return orRefuse(constraint(value), key, value, facts);
  if (key === "activation" || key === "recurrent_activation") {
    const name = activationName(value);
    // The gates' own weights make up for the difference.
    const kept = name === "hard_sigmoid" && key === "recurrent_activation";
    const sound = name !== undefined && (kept || isKeras3Activation(name));
    return orRefuse(sound ? name : undefined, key, value, facts);
  }
  if (key === "cells" && isJsonList(value)) {
    return value.map((cell, index) => translateHeld(cell, within(facts, [`cell_${index}/`])));
  }
  if (key === "cell") return translateHeld(value, facts);
  if (key === "backward_layer") return translateHeld(value, within(facts, ["backward/"]));
  if (key === "layer") return translateHeld(value, within(facts, heldPrefixes(config)));
  return value;
}

/** A Bidirectional, which has a way to merge, holds its layer twice. */
function heldPrefixes(config: JsonObject): readonly string[] {
  if (config.merge_mode === undefined) return ["layer/"];
  return isJsonObject(config.backward_layer) ? ["forward/"] : ["forward/", "backward/"];
}

function within(facts: LayerFacts, parts: readonly string[]): LayerFacts {
  const prefixes = facts.prefixes.flatMap((prefix) => parts.map((part) => `${prefix}${part}`));
  return { ...facts, prefixes };
}

function orRefuse(found: Json | undefined, key: string, value: Json, facts: LayerFacts): Json {
  if (found !== undefined) return found;
  refuse(facts, `${key} is ${JSON.stringify(value)}, which Keras 3 does not have.`);
  return null;
}

/** A layer or cell that stands in the config of another. */
function translateHeld(held: Json, facts: LayerFacts): Json {
  if (!isJsonObject(held) || typeof held.class_name !== "string") return held;
  const config = isJsonObject(held.config) ? held.config : {};
  const fileClass = plainClass(held.class_name);
  const modern = modernise(fileClass, unwrapConfig(config), facts.dialect);
  const name = plainName(typeof config.name === "string" ? config.name : snakeCase(fileClass));
  const inner = translateLayer(modern.className, modern.config, { ...facts, name, fileClass });
  if (inner.before !== undefined || inner.after !== undefined) {
    refuse(facts, `the ${fileClass} in it would need layers beside it in Keras 3.`);
  }
  return keras3Object("keras.layers", inner.className, inner.config);
}
