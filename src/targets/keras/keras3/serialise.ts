import type { Json, JsonObject } from "../../../json.ts";
import type { Argument, CallConfig, TensorAddress } from "../../../sources/keras/topology.ts";
import type { WordedLayer, WordedModel } from "../translation/worded-model.ts";
import type { ShapeOf } from "../translation/words.ts";
import { dtypePolicy, keras3Object } from "./objects.ts";

/** A model as Keras 3 writes it into `config.json`. `path`: those of the models around it, each with a slash behind it. */
export function serialiseModel(model: WordedModel, shapeOf: ShapeOf, path = ""): JsonObject {
  return model.kind === "sequential"
    ? sequential(model, shapeOf, path)
    : functional(model, shapeOf, path);
}

/** A layer by itself, as it stands in a Sequential or a wrapper. */
function serialiseLayer(layer: WordedLayer, shapeOf: ShapeOf, path: string): JsonObject {
  if (layer.model !== undefined) {
    return serialiseModel(layer.model, shapeOf, `${path}${layer.name}/`);
  }
  const { module, className, config } = layer;
  if (module === undefined) return keras3Object("keras.layers", className, config);
  return { module, class_name: className, config, registered_name: className };
}

function sequential(model: WordedModel, shapeOf: ShapeOf, path: string): JsonObject {
  const [input] = model.inputs;
  const shape = input === undefined ? undefined : shapeOf(path, input);
  const config = {
    name: model.name,
    trainable: model.trainable,
    dtype: dtypePolicy("float32"),
    layers: model.layers.map((layer) => serialiseLayer(layer, shapeOf, path)),
    ...(shape === undefined ? {} : { build_input_shape: shape }),
  };
  return keras3Object("keras", "Sequential", config);
}

function functional(model: WordedModel, shapeOf: ShapeOf, path: string): JsonObject {
  const tensor = (address: TensorAddress): JsonObject => ({
    class_name: "__keras_tensor__",
    config: {
      shape: shapeOf(path, address) ?? [],
      dtype: "float32",
      keras_history: [address.layer, address.call, address.tensor],
    },
  });
  const end = (address: TensorAddress): Json => [
    address.layer,
    // A functional model inside counts its own making, here alone.
    address.call + (isFunctional(model, address.layer) ? 1 : 0),
    address.tensor,
  ];
  const config = {
    name: model.name,
    trainable: model.trainable,
    layers: model.layers.map((layer) => ({
      ...serialiseLayer(layer, shapeOf, path),
      name: layer.name,
      inbound_nodes: layer.calls.map((call) => serialiseCall(layer, call, tensor)),
    })),
    input_layers: ends(model.inputs.map(end)),
    output_layers: ends(model.outputs.map(end)),
  };
  return {
    module: "keras.src.models.functional",
    class_name: "Functional",
    config,
    registered_name: "Functional",
  };
}

/** Keras 3 writes a single one without a list around it. */
function ends(list: readonly Json[]): Json {
  const [only] = list;
  return list.length === 1 && only !== undefined ? only : list;
}

function isFunctional(model: WordedModel, name: string): boolean {
  return model.layers.some((layer) => layer.name === name && layer.model?.kind === "functional");
}

/** Layers that take one list of tensors, however many there are. */
const LISTED: ReadonlySet<string> = new Set([
  "Add",
  "AdditiveAttention",
  "Attention",
  "Average",
  "Concatenate",
  "Dot",
  "Maximum",
  "Minimum",
  "Multiply",
  "Subtract",
]);

const LISTED_OPERATIONS: ReadonlySet<string> = new Set(["Concatenate", "Stack"]);

/** Layers whose further inputs are the states that they begin with. */
const STATEFUL: ReadonlySet<string> = new Set([
  "LSTM",
  "GRU",
  "SimpleRNN",
  "RNN",
  "Bidirectional",
  "ConvLSTM1D",
  "ConvLSTM2D",
  "ConvLSTM3D",
]);

function serialiseCall(
  layer: WordedLayer,
  call: CallConfig,
  tensor: (address: TensorAddress) => JsonObject,
): JsonObject {
  const args = call.args.map(
    (arg: Argument): Json => (arg.kind === "tensor" ? tensor(arg.address) : arg.value),
  );
  const tensors = [...call.keywords].map(([key, addresses]): readonly [string, Json] => {
    const [first] = addresses;
    if (key !== "initial_state" && addresses.length === 1 && first !== undefined) {
      return [key, tensor(first)];
    }
    return [key, addresses.map(tensor)];
  });
  const kwargs = [...tensors, ...Object.entries(call.kwargs).filter(isMeant)];
  const states = STATEFUL.has(layer.className) && layer.model === undefined ? args.slice(1) : [];
  if (states.length > 0) {
    const named = [...kwargs, ["initial_state", states] as const];
    return { args: args.slice(0, 1), kwargs: Object.fromEntries(named) };
  }
  const own = layer.model === undefined;
  const lists = layer.module === undefined ? LISTED : LISTED_OPERATIONS;
  const listed = own ? lists.has(layer.className) : args.length > 1;
  return { args: listed ? [args] : args, kwargs: Object.fromEntries(kwargs) };
}

/** Whether a literal says more than Keras' default; the phase of training is never part of a model. */
function isMeant([key, value]: readonly [string, Json]): boolean {
  return value !== null && key !== "training" && key !== "mask";
}
