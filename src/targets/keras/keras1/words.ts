import { isJsonList, isJsonObject, type JsonObject } from "../../../json.ts";
import type { Dialect } from "../../../sources/keras/layer-spec.ts";
import { serialiseModel } from "../keras2/serialise.ts";
import { trainingConfig } from "../keras2/training.ts";
import type { Words } from "../translation/words.ts";
import { translateLayer } from "./layer-config.ts";

/** The Keras 1 that files are written as. */
const KERAS1: Dialect = { generation: 1, version: "1.2.2", backend: "tensorflow" };

/** How Keras 1 says it. */
export const KERAS1_WORDS: Words = {
  dialect: KERAS1,
  title: "Keras 1",
  plainNames: false,
  steepness: 1 / 1.2,
  translateLayer,
  common: (name) => ({ name, trainable: true }),
  serialise: (model, shapeOf) => older(serialiseModel(model, shapeOf)),
  training: (stated, outputs, from) => withoutAmsgrad(trainingConfig(stated, outputs, from)),
};

/** Keras 1 knows no AMSGrad. */
function withoutAmsgrad(training: JsonObject | undefined): JsonObject | undefined {
  const { optimizer_config: stated = null } = training ?? {};
  if (!isJsonObject(stated) || !isJsonObject(stated.config)) return training;
  const { amsgrad = false, ...config } = stated.config;
  if (amsgrad === true) return undefined;
  return { ...training, optimizer_config: { ...stated, config } };
}

/** A Sequential is a bare list there, and the type of an input has another name. */
function older(model: JsonObject): JsonObject {
  const { config = null } = model;
  if (!isJsonObject(config) || !isJsonList(config.layers)) return model;
  const layers = config.layers.map((layer) => (isJsonObject(layer) ? olderLayer(layer) : layer));
  return model.class_name === "Sequential"
    ? { ...model, config: layers }
    : { ...model, config: { ...config, layers } };
}

/** Calls have no arguments beside their tensors there. */
function withoutArguments(layer: JsonObject): JsonObject {
  const { inbound_nodes: nodes = null } = layer;
  if (!isJsonList(nodes)) return layer;
  const plain = nodes.map((node) =>
    isJsonList(node) ? node.map((end) => (isJsonList(end) ? end.slice(0, 3) : end)) : node,
  );
  return { ...layer, inbound_nodes: plain };
}

function olderLayer(layer: JsonObject): JsonObject {
  const inner = withoutArguments(older(layer));
  const { config } = inner;
  if (!isJsonObject(config) || config.batch_input_shape === undefined) return inner;
  const { dtype, ...rest } = config;
  return { ...inner, config: dtype === undefined ? rest : { ...rest, input_dtype: dtype } };
}
