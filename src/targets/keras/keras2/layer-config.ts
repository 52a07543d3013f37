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
import type { Vocabulary } from "./vocabulary.ts";

/** What translates a layer (class and config in Keras 2 spelling) to a Keras 2; it logs what cannot be said there. */
export function layerTranslator(
  vocabulary: Vocabulary,
): (className: string, config: JsonObject, facts: LayerFacts) => TranslatedLayer {
  return (className, config, facts) => translateLayer(className, config, { ...facts, vocabulary });
}

interface Facts extends LayerFacts {
  readonly vocabulary: Vocabulary;
}

function translateLayer(className: string, config: JsonObject, facts: Facts): TranslatedLayer {
  const { vocabulary } = facts;
  const modern = modernClass(className, config);
  const wanted = vocabulary.argumentsOf(modern);
  if (wanted === undefined) {
    refuse(facts, `${vocabulary.title} has no layer of class ${facts.fileClass}.`);
    return { className, config };
  }
  refuseNovelties(className, config, wanted, facts);
  const stated = { ...config, ...settled(className, modern, config, facts) };
  const padded = separatePadding(modern, stated, facts);
  const behind = activationBehind(modern, stated, facts);
  const entries = Object.entries({ ...stated, ...padded.config, ...behind.config })
    .filter(([key]) => wanted.has(key))
    .map(([key, value]) => [key, translateValue(key, value, stated, facts)] as const);
  const after = [
    ...(behind.after ?? []),
    ...(wanted.has("keepdims") ? [] : keptDims(modern, config)),
  ];
  return {
    className: modern,
    config: { ...vocabulary.common(modern, stated, facts), ...Object.fromEntries(entries) },
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

function refuseNovelties(
  className: string,
  config: JsonObject,
  wanted: ReadonlySet<string>,
  facts: Facts,
): void {
  const { title, novelties } = facts.vocabulary;
  for (const [key, harmless] of novelties) {
    const value = config[key] ?? null;
    // Of a Merge its mode is the class.
    const fine = value === null || wanted.has(key) || className === "Merge";
    if (fine || harmless.some((one) => JSON.stringify(one) === JSON.stringify(value))) continue;
    refuse(facts, `its ${key} (${JSON.stringify(value)}) does not exist in ${title}.`);
  }
  const { backward_layer: backward = null, layer = null, axis = null, implementation } = config;
  const mirrored = wanted.has("backward_layer") || backward === null || isMirrored(layer, backward);
  if (className === "Bidirectional" && !mirrored) {
    refuse(facts, `its backward layer has settings of its own, which ${title} does not allow.`);
  }
  if (
    className === "BatchNormalization" &&
    isJsonList(axis) &&
    axis.length > 1 &&
    !facts.vocabulary.severalAxes
  ) {
    refuse(facts, `it normalises over several axes, which ${title} does not.`);
  }
  const local = className.startsWith("LocallyConnected") && !wanted.has("implementation");
  if (local && (implementation ?? 1) !== 1) {
    refuse(
      facts,
      `its implementation ${String(implementation)} stores other weights than ${title}.`,
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
function settled(className: string, modern: string, config: JsonObject, facts: Facts): JsonObject {
  const { input_shape: _, batch_input_shape: shape = null } = config;
  switch (modern) {
    case "InputLayer":
      return {
        batch_input_shape: shape,
        dtype: facts.vocabulary.inputType(config.dtype ?? null),
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

/** How the gates are computed: Keras 1 has words for it, both of Keras 2's give the same. */
function implementationOf({ implementation }: JsonObject): Json {
  return implementation === 2 || implementation === "gpu" ? 2 : 1;
}

function activationBehind(
  className: string,
  config: JsonObject,
  facts: Facts,
): { readonly config: JsonObject; readonly after?: readonly Step[] } {
  const name = activationName(config.activation ?? null);
  const layers =
    name === undefined ? undefined : facts.vocabulary.functionLayers(name, facts.dialect);
  const recurrent = GATES.has(className) || className.startsWith("SimpleRNN");
  if (layers === undefined || recurrent) return { config: {} };
  return { config: { activation: "linear" }, after: layers };
}

function translateValue(key: string, value: Json, config: JsonObject, facts: Facts): Json {
  const { title, initializer, regularizer, constraint, argumentsOf } = facts.vocabulary;
  const told = { facts, title };
  if (key.endsWith("_initializer")) return initializer(value);
  if (key.endsWith("_regularizer")) return orRefuse(regularizer(value), key, value, told);
  if (key.endsWith("_constraint")) return orRefuse(constraint(value), key, value, told);
  if (key === "activation") return orRefuse(functionOf(value, facts), key, value, told);
  if (key === "recurrent_activation") {
    return orRefuse(gateFunction(value, config, facts), key, value, told);
  }
  if (key === "cells" && isJsonList(value)) {
    return value.map((cell, index) =>
      translateHeld(cell, within(facts, [`cell_${index}/`]), facts),
    );
  }
  if (key === "cell") return translateHeld(value, facts, facts);
  if (key === "backward_layer") return translateHeld(value, within(facts, ["backward/"]), facts);
  if (key === "layer") {
    const { backward_layer: _, ...rest } = config;
    const own = argumentsOf("Bidirectional")?.has("backward_layer") ? config : rest;
    return translateHeld(value, within(facts, heldPrefixes(own)), facts);
  }
  return value;
}

function functionOf(stated: Json, { dialect, vocabulary }: Facts): Json | undefined {
  const name = activationName(stated);
  if (name === "hard_sigmoid") return dialect.generation === 3 ? undefined : name;
  return name === undefined ? undefined : vocabulary.functions.get(name);
}

/** The gates' weights make up for another hard_sigmoid. */
function gateFunction(stated: Json, config: JsonObject, facts: Facts): Json | undefined {
  const name = activationName(stated);
  if (name !== "hard_sigmoid" || facts.dialect.generation !== 3) return functionOf(stated, facts);
  const gates = config.filters === undefined && config.reset_after !== undefined ? "GRU" : "LSTM";
  const found = GATES.get(gates);
  if (found !== undefined) {
    facts.steeper.push(...facts.prefixes.map((prefix) => ({ prefix, ...found })));
  }
  return name;
}

function translateHeld(held: Json, facts: LayerFacts, { vocabulary }: Facts): Json {
  const { title, object } = vocabulary;
  const inner = translatedHeld(held, facts, { title, translateLayer: layerTranslator(vocabulary) });
  return inner === undefined ? held : object(inner.className, inner.config);
}
