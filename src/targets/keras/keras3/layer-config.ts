import { isJsonList, type Json, type JsonObject } from "../../../json.ts";
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
import { plainName } from "../translation/plain-names.ts";
import type { LayerFacts, TranslatedLayer } from "../translation/words.ts";
import { activationName, isKeras3Activation } from "./activation.ts";
import { keras3Arguments } from "./arguments.ts";
import { constraint, dtypePolicy, initializer, keras3Object, regularizer } from "./objects.ts";

/** Translates a layer (class and config in Keras 2 spelling) to Keras 3; logs what cannot be said there. */
export function translateLayer(
  className: string,
  config: JsonObject,
  facts: LayerFacts,
): TranslatedLayer {
  const modern = className === "ThresholdedReLU" ? "ReLU" : modernClass(className, config);
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

const RESIZED: ReadonlySet<string> = new Set([
  "nearest",
  "bilinear",
  "bicubic",
  "lanczos3",
  "lanczos5",
]);

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
    case "LeakyReLU":
      return { negative_slope: bare(config.negative_slope ?? config.alpha ?? 0.3) };
    default:
      return className === "ThresholdedReLU"
        ? { threshold: bare(config.theta ?? 1) }
        : settledAlike(modern, config);
  }
}

type Sigmoid = Pick<TranslatedLayer, "after"> & { readonly config: JsonObject };

/**
 * `hard_sigmoid` is clip(0.2 x + 0.5, 0, 1) before Keras 3, and clip(x / 6 + 0.5, 0, 1) in it. Gates get weights 1.2 times as
 * large instead; behind other layers the old function is written out.
 */
function hardSigmoid(className: string, config: JsonObject, facts: LayerFacts): Sigmoid {
  if (facts.dialect.generation === 3) return { config: {} };
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

const KERAS3 = "Keras 3";

function translateValue(key: string, value: Json, config: JsonObject, facts: LayerFacts): Json {
  const told = { facts, title: KERAS3 };
  if (key.endsWith("_initializer")) return initializer(value);
  if (key.endsWith("_regularizer")) return orRefuse(regularizer(value), key, value, told);
  if (key.endsWith("_constraint")) return orRefuse(constraint(value), key, value, told);
  if (key === "activation" || key === "recurrent_activation") {
    const name = activationName(value);
    // The gates' own weights make up for the difference.
    const kept = name === "hard_sigmoid" && key === "recurrent_activation";
    const sound = name !== undefined && (kept || isKeras3Activation(name));
    return orRefuse(sound ? name : undefined, key, value, told);
  }
  if (key === "cells" && isJsonList(value)) {
    return value.map((cell, index) => translateHeld(cell, within(facts, [`cell_${index}/`])));
  }
  if (key === "cell") return translateHeld(value, facts);
  if (key === "backward_layer") return translateHeld(value, within(facts, ["backward/"]));
  if (key === "layer") return translateHeld(value, within(facts, heldPrefixes(config)));
  return value;
}

function translateHeld(held: Json, facts: LayerFacts): Json {
  const inner = translatedHeld(held, facts, {
    title: KERAS3,
    translateLayer: (className, config, own) =>
      translateLayer(className, config, { ...own, name: plainName(own.name) }),
  });
  return inner === undefined ? held : keras3Object("keras.layers", inner.className, inner.config);
}
