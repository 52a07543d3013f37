import type { Json, JsonObject } from "../../../json.ts";
import type { CallConfig, TensorAddress } from "../../../sources/keras/topology.ts";
import type { WordedLayer, WordedModel } from "../translation/worded-model.ts";
import type { ShapeOf } from "../translation/words.ts";

/** A model as Keras 2.2.4 writes it into `model_config`. */
export function serialiseModel(model: WordedModel, shapeOf: ShapeOf, path = ""): JsonObject {
  return model.kind === "sequential"
    ? sequential(model, shapeOf, path)
    : functional(model, shapeOf, path);
}

/** Without an input layer, which Keras 2.2.4 does not load: the first layer has the shape. */
function sequential(model: WordedModel, shapeOf: ShapeOf, path: string): JsonObject {
  const input = model.layers.find(({ className }) => className === "InputLayer");
  const { batch_input_shape: shape = null } = input?.config ?? {};
  const layers = model.layers.filter((layer) => layer !== input);
  const config = {
    name: model.name,
    layers: layers.map((layer, index) => {
      const plain = serialiseLayer(layer, shapeOf, path);
      if (index > 0 || shape === null || layer.model !== undefined) return plain;
      const { name = null, trainable = true, ...rest } = layer.config;
      // Of the input and of the layer's own weights, even where the input holds whole numbers.
      const stated = { name, trainable, batch_input_shape: shape, dtype: "float32", ...rest };
      return { ...plain, config: stated };
    }),
  };
  return { class_name: "Sequential", config };
}

function serialiseLayer(layer: WordedLayer, shapeOf: ShapeOf, path: string): JsonObject {
  if (layer.model !== undefined) {
    return serialiseModel(layer.model, shapeOf, `${path}${layer.name}/`);
  }
  return { class_name: layer.className, config: layer.config };
}

function functional(model: WordedModel, shapeOf: ShapeOf, path: string): JsonObject {
  const end = ({ layer, call, tensor }: TensorAddress): Json => [
    layer,
    // A model inside counts its own making as its first call.
    call + (isModel(model, layer) ? 1 : 0),
    tensor,
  ];
  const config = {
    name: model.name,
    layers: model.layers.map((layer) => ({
      name: layer.name,
      ...serialiseLayer(layer, shapeOf, path),
      inbound_nodes:
        layer.className === "InputLayer" ? [] : layer.calls.map((call) => serialiseCall(call, end)),
    })),
    input_layers: model.inputs.map(end),
    output_layers: model.outputs.map(end),
  };
  return { class_name: "Model", config };
}

function isModel(model: WordedModel, name: string): boolean {
  return model.layers.some((layer) => layer.name === name && layer.model !== undefined);
}

/** Tensors given by keyword (states to begin with) follow the others. */
function serialiseCall(
  { args, keywords }: CallConfig,
  end: (address: TensorAddress) => Json,
): readonly Json[] {
  const positional = args.flatMap((arg) => (arg.kind === "tensor" ? [arg.address] : []));
  const addresses = [...positional, ...[...keywords.values()].flat()];
  return addresses.map((address) => {
    const place = end(address);
    return Array.isArray(place) ? [...place, {}] : place;
  });
}
