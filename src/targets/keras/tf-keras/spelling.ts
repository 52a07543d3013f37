import type { Json, JsonObject } from "../../../json.ts";
import type { CallConfig, TensorAddress } from "../../../sources/keras/topology.ts";
import { type Place, positional, type Shapes, type Spelling } from "../keras2/serialise.ts";
import { keras3Object } from "../keras3/objects.ts";
import type { WordedLayer } from "../translation/worded-model.ts";

/** How tf.keras 2.15 spells models: in HDF5 files as in archives. */
export const TF_KERAS_SPELLING: Spelling = {
  functional: (config) => ({
    module: "keras.src.engine.functional",
    class_name: "Functional",
    config: { ...config, trainable: true },
    registered_name: "Functional",
  }),
  sequential: (config) => keras3Object("keras", "Sequential", config),
  inputLayers: true,
  layer: (layer, shapes) =>
    keras3Object("keras.layers", layer.className, { ...layer.config, ...builtFor(layer, shapes) }),
  call,
};

/** Attention asks for the shapes that it was built for. */
function builtFor({ className, calls }: WordedLayer, shapes: Shapes): JsonObject {
  const [first] = calls;
  if (className !== "MultiHeadAttention" || first === undefined) return {};
  const inputs = named(first);
  const shape = (key: string): Json => {
    const [address] = inputs.get(key) ?? [];
    return (address && shapes(address)) ?? null;
  };
  const value = shape("value");
  return { query_shape: shape("query"), key_shape: shape("key") ?? value, value_shape: value };
}

/** What attention takes, in order. */
const OPERANDS = ["query", "value", "key", "attention_mask"];

/** The inputs of attention by name. */
function named({ args, keywords }: CallConfig): ReadonlyMap<string, readonly TensorAddress[]> {
  const inOrder = args.flatMap((arg, index) =>
    arg.kind === "tensor" ? [[OPERANDS[index] ?? "", [arg.address]] as const] : [],
  );
  return new Map([...inOrder, ...keywords]);
}

/** Layers whose further inputs are the states that they begin with, which follow the others. */
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

/** All but the first argument stand by name beside each tensor of the first. */
function call(
  { className }: WordedLayer,
  given: CallConfig,
  end: (address: TensorAddress) => Place,
): readonly Json[] {
  const attends = className === "MultiHeadAttention";
  const inputs = new Map(attends ? named(given) : given.keywords);
  const states = STATEFUL.has(className) ? (inputs.get("initial_state") ?? []) : [];
  if (states.length > 0) inputs.delete("initial_state");
  const first = attends ? (inputs.get("query") ?? []) : [...positional(given), ...states];
  inputs.delete("query");
  const tensors = [...inputs].map(([key, list]): readonly [string, Json] => {
    const [only] = list;
    return [key, list.length === 1 && only !== undefined ? end(only) : list.map(end)];
  });
  const literals = Object.entries(given.kwargs).filter(isMeant);
  const kwargs: JsonObject = Object.fromEntries([...tensors, ...literals]);
  return first.map((address) => [...end(address), kwargs]);
}

/** The phase of training is never part of a model. */
function isMeant([key, value]: readonly [string, Json]): boolean {
  return value !== null && key !== "training" && key !== "mask";
}
