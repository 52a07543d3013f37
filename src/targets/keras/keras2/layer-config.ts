import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../../json.ts";
import { unwrapConfig } from "../../../sources/keras/unwrap.ts";
import { activationName } from "../keras3/activation.ts";
import { translatedHeld } from "../translation/held-layer.ts";
import {
  bare,
  FUSED,
  GATES,
  heldPrefixes,
  modernClass,
  orRefuse,
  refuse,
  resetAfter,
  settledAlike,
  within,
} from "../translation/layer-facts.ts";
import { separatePadding } from "../translation/padding.ts";
import type { LayerFacts, Step, TranslatedLayer } from "../translation/words.ts";
import { keras2Arguments } from "./arguments.ts";
import { constraint, initializer, regularizer } from "./objects.ts";

/** Translates a layer (class and config in Keras 2 spelling) to Keras 2.2.4; logs what cannot be said there. */
export function translateLayer(
  className: string,
  config: JsonObject,
  facts: LayerFacts,
): TranslatedLayer {
  const modern = modernClass(className, config);
  const wanted = keras2Arguments(modern);
  if (wanted === undefined) {
    refuse(facts, `Keras 2 has no layer of class ${facts.fileClass}.`);
    return { className, config };
  }
  refuseNovelties(className, config, facts);
  const stated = { ...config, ...settled(className, modern, config, facts) };
  const padded = separatePadding(modern, stated, facts);
  const behind = activationBehind(modern, stated, facts);
  const entries = Object.entries({ ...stated, ...padded.config, ...behind.config })
    .filter(([key]) => wanted.has(key))
    .map(([key, value]) => [key, translateValue(key, value, stated, facts)] as const);
  const after = [...(behind.after ?? []), ...keptDims(modern, config)];
  const own = modern === "InputLayer" ? { name: facts.name } : common(facts);
  return {
    className: modern,
    config: { ...own, ...Object.fromEntries(entries) },
    ...(padded.before === undefined ? {} : { before: padded.before }),
    ...(padded.reworded ? { reworded: true } : {}),
    ...(after.length === 0 ? {} : { after }),
  };
}

/** Global pooling of later Keras may keep the axes that it pools over, which a Reshape gives back. */
function keptDims(
  className: string,
  { keepdims, data_format: format }: JsonObject,
): readonly Step[] {
  const rank = Number(/^Global\w+Pooling([123])D$/.exec(className)?.[1] ?? 0);
  if (keepdims !== true || rank === 0) return [];
  const ones = Array.from({ length: rank }, () => 1);
  const shape = format === "channels_first" ? [-1, ...ones] : [...ones, -1];
  return [{ suffix: "reshape", className: "Reshape", config: { target_shape: shape } }];
}

/** Stand-alone Keras knows no flag of a whole model: each layer of a frozen one is frozen. */
function common({ name, trainable }: LayerFacts): JsonObject {
  return { name, trainable };
}

/** Arguments of later Keras by their key, with the value under which they change nothing. */
const NOVELTIES: ReadonlyMap<string, readonly Json[]> = new Map<string, readonly Json[]>([
  ["groups", [1]],
  ["renorm", [false]],
  ["zero_output_for_mask", [false]],
  ["time_major", [false]],
  ["virtual_batch_size", [null]],
  ["rank", [null]],
  ["lora_rank", [null]],
  ["ragged", [false, null]],
  ["mode", [0]],
]);

function refuseNovelties(className: string, config: JsonObject, facts: LayerFacts): void {
  for (const [key, harmless] of NOVELTIES) {
    const value = config[key] ?? null;
    // Of a Merge its mode is the class.
    if (value === null || harmless.includes(value) || className === "Merge") continue;
    refuse(facts, `its ${key} (${JSON.stringify(value)}) does not exist in Keras 2.`);
  }
  const { backward_layer: backward = null, layer = null, axis = null, implementation } = config;
  if (className === "Bidirectional" && backward !== null && !isMirrored(layer, backward)) {
    refuse(facts, "its backward layer has settings of its own, which Keras 2 does not allow.");
  }
  if (className === "BatchNormalization" && isJsonList(axis) && axis.length > 1) {
    refuse(facts, "it normalises over several axes, which Keras 2 does not.");
  }
  if (className.startsWith("LocallyConnected") && (implementation ?? 1) !== 1) {
    refuse(
      facts,
      `its implementation ${String(implementation)} stores other weights than Keras 2.`,
    );
  }
}

/** Whether a backward layer is what Keras 2 makes of the forward one: the same, turned round. */
function isMirrored(forward: Json, backward: Json): boolean {
  const plain = (held: Json): string => {
    const config = isJsonObject(held) && isJsonObject(held.config) ? unwrapConfig(held.config) : {};
    const meant = Object.entries(config).filter(
      ([key]) => key !== "name" && key !== "go_backwards" && !key.endsWith("_initializer"),
    );
    const cell = isJsonObject(config.cell) ? [["cell", plain(config.cell)] as const] : [];
    return JSON.stringify(Object.fromEntries([...meant, ...cell]), (key, value) =>
      key === "shared_object_id" ? undefined : value,
    );
  };
  return plain(forward) === plain(backward);
}

/** Arguments that have other names or defaults in Keras 2. */
function settled(
  className: string,
  modern: string,
  config: JsonObject,
  facts: LayerFacts,
): JsonObject {
  const { input_shape: _, batch_input_shape: shape = null } = config;
  switch (modern) {
    case "InputLayer":
      return {
        batch_input_shape: shape,
        // Weights are float32 in Keras 2, whatever their layer says.
        dtype:
          typeof config.dtype === "string" && !FLOATS.test(config.dtype) ? config.dtype : "float32",
        sparse: config.sparse ?? false,
      };
    case "GRU":
    case "GRUCell":
      return {
        ...(className.startsWith("CuDNN") ? FUSED : {}),
        implementation: implementationOf(config),
        reset_after: resetAfter(className, config, facts),
      };
    case "LSTM":
    case "LSTMCell":
      return {
        ...(className.startsWith("CuDNN") ? FUSED : {}),
        implementation: implementationOf(config),
      };
    case "LeakyReLU":
      return { alpha: bare(config.alpha ?? config.negative_slope ?? 0.3) };
    case "ThresholdedReLU":
      return { theta: bare(config.theta ?? 1) };
    default:
      return settledAlike(modern, config);
  }
}

const FLOATS = /float/;

/** How the gates are computed: Keras 1 has words for it, both of Keras 2's give the same. */
function implementationOf({ implementation }: JsonObject): Json {
  return implementation === 2 || implementation === "gpu" ? 2 : 1;
}

/** Functions of Keras 2.2.4 that mean the same in all generations. */
const NAMES: ReadonlySet<string> = new Set([
  "elu",
  "exponential",
  "linear",
  "relu",
  "selu",
  "sigmoid",
  "softmax",
  "softplus",
  "softsign",
  "tanh",
]);

/** Functions that Keras 2 has as layers alone. */
const LAYERS: ReadonlyMap<string, Omit<Step, "suffix">> = new Map([
  ["relu6", { className: "ReLU", config: { max_value: 6, negative_slope: 0, threshold: 0 } }],
  ["leaky_relu", { className: "LeakyReLU", config: { alpha: 0.2 } }],
]);

function activationBehind(
  className: string,
  config: JsonObject,
  { dialect }: LayerFacts,
): { readonly config: JsonObject; readonly after?: readonly Step[] } {
  const name = activationName(config.activation ?? null);
  const layer = name === undefined ? undefined : LAYERS.get(name);
  const recurrent = GATES.has(className) || className.startsWith("SimpleRNN");
  if (layer === undefined || recurrent || (name === "leaky_relu" && dialect.generation !== 3)) {
    return { config: {} };
  }
  return { config: { activation: "linear" }, after: [{ ...layer, suffix: "activation" }] };
}

const KERAS2 = "Keras 2";

function translateValue(key: string, value: Json, config: JsonObject, facts: LayerFacts): Json {
  const told = { facts, title: KERAS2 };
  if (key.endsWith("_initializer")) return initializer(value);
  if (key.endsWith("_regularizer")) return orRefuse(regularizer(value), key, value, told);
  if (key.endsWith("_constraint")) return orRefuse(constraint(value), key, value, told);
  if (key === "activation") return orRefuse(functionOf(value, facts), key, value, told);
  if (key === "recurrent_activation") {
    return orRefuse(gateFunction(value, config, facts), key, value, told);
  }
  if (key === "cells" && isJsonList(value)) {
    return value.map((cell, index) => translateHeld(cell, within(facts, [`cell_${index}/`])));
  }
  if (key === "cell") return translateHeld(value, facts);
  if (key === "layer") {
    const { backward_layer: _, ...rest } = config;
    return translateHeld(value, within(facts, heldPrefixes(rest)));
  }
  return value;
}

function functionOf(stated: Json, { dialect }: LayerFacts): Json | undefined {
  const name = activationName(stated);
  if (name === "hard_sigmoid") return dialect.generation === 3 ? undefined : name;
  return name !== undefined && NAMES.has(name) ? name : undefined;
}

/** The gates' weights make up for another hard_sigmoid. */
function gateFunction(stated: Json, config: JsonObject, facts: LayerFacts): Json | undefined {
  const name = activationName(stated);
  if (name !== "hard_sigmoid" || facts.dialect.generation !== 3) return functionOf(stated, facts);
  const gates = config.filters === undefined && config.reset_after !== undefined ? "GRU" : "LSTM";
  const found = GATES.get(gates);
  if (found !== undefined) {
    facts.steeper.push(...facts.prefixes.map((prefix) => ({ prefix, ...found })));
  }
  return name;
}

function translateHeld(held: Json, facts: LayerFacts): Json {
  const inner = translatedHeld(held, facts, { title: KERAS2, translateLayer });
  return inner === undefined ? held : { class_name: inner.className, config: inner.config };
}
