import type { Json, JsonObject } from "../../../src/json.ts";

/** The input of a functional model, of four numbers. */
export function input(layer: string): JsonObject {
  return {
    class_name: "InputLayer",
    name: layer,
    config: { name: layer, batch_input_shape: [null, 4] },
    inbound_nodes: [],
  };
}

/** A layer of a functional model, called as its `inbound_nodes` say. */
export function layer(className: string, layerName: string, inbound: readonly Json[]): JsonObject {
  return {
    class_name: className,
    name: layerName,
    config: { name: layerName },
    inbound_nodes: inbound,
  };
}

/** A functional model. */
export function functional(
  layers: readonly Json[],
  inputs: Json,
  outputs: Json,
  className = "Model",
): JsonObject {
  return {
    class_name: className,
    config: { name: "m", layers, input_layers: inputs, output_layers: outputs },
  };
}

/** A tensor as Keras 3 names it. */
export function tensor(layerName: string, index = 0): JsonObject {
  return {
    class_name: "__keras_tensor__",
    config: { shape: [null, 4], dtype: "float32", keras_history: [layerName, 0, index] },
  };
}
