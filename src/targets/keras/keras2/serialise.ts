import type { Json, JsonObject } from "../../../json.ts";
import type { CallConfig, TensorAddress } from "../../../sources/keras/topology.ts";
import type { WordedLayer, WordedModel } from "../translation/worded-model.ts";
import type { ShapeOf } from "../translation/words.ts";

/** How the two kinds of Keras 2 spell what they both have. */
export interface Spelling {
  /** A functional model from its config. */
  functional(config: JsonObject): JsonObject;
  sequential(config: JsonObject): JsonObject;
  /** Set where the input of a Sequential is a layer of its own. */
  readonly inputLayers?: true;
  /** A layer from its config; `shapes`: of what its first call takes, where they are known. */
  layer(layer: WordedLayer, shapes: Shapes): JsonObject;
  /** A call of a layer, whose tensors `end` spells. */
  call(
    layer: WordedLayer,
    call: CallConfig,
    end: (address: TensorAddress) => Place,
  ): readonly Json[];
}

/** The shape of a tensor; undefined where it is not known. */
export type Shapes = (address: TensorAddress) => ReturnType<ShapeOf>;

/** A tensor as a config has it: layer, call, tensor. */
export type Place = readonly [layer: string, call: number, tensor: number];

/** A model as a Keras 2 writes it into `model_config`. `path`: those of the models around it, each with a slash behind it. */
export function serialiseModel(
  model: WordedModel,
  shapeOf: ShapeOf,
  spelling: Spelling = KERAS2_SPELLING,
  path = "",
): JsonObject {
  const make = model.kind === "sequential" ? sequential : functional;
  return make(model, { shapeOf, spelling, path });
}

interface Context {
  readonly shapeOf: ShapeOf;
  readonly spelling: Spelling;
  readonly path: string;
}

/** Without an input layer, which Keras 2.2.4 does not load: the first layer has the shape. */
function sequential(model: WordedModel, context: Context): JsonObject {
  const { spelling } = context;
  const input = model.layers.find(({ className }) => className === "InputLayer");
  const { batch_input_shape: shape = null } = input?.config ?? {};
  const layers = spelling.inputLayers ? model.layers : model.layers.filter((one) => one !== input);
  return spelling.sequential({
    name: model.name,
    layers: layers.map((layer, index) => {
      const plain = serialiseLayer(layer, context);
      const stated = spelling.inputLayers || index > 0 || shape === null;
      if (stated || layer.model !== undefined) return plain;
      const { name = null, trainable = true, ...rest } = layer.config;
      // Of the input and of the layer's own weights, even where the input holds whole numbers.
      const first = { name, trainable, batch_input_shape: shape, dtype: "float32", ...rest };
      return { ...plain, config: first };
    }),
  });
}

function serialiseLayer(layer: WordedLayer, { shapeOf, spelling, path }: Context): JsonObject {
  return layer.model === undefined
    ? spelling.layer(layer, (address) => shapeOf(path, address))
    : serialiseModel(layer.model, shapeOf, spelling, `${path}${layer.name}/`);
}

function functional(model: WordedModel, context: Context): JsonObject {
  const { spelling } = context;
  const end = ({ layer, call, tensor }: TensorAddress): Place => [
    layer,
    // A model inside counts its own making as its first call.
    call + (isModel(model, layer) ? 1 : 0),
    tensor,
  ];
  return spelling.functional({
    name: model.name,
    layers: model.layers.map((layer) => ({
      name: layer.name,
      ...serialiseLayer(layer, context),
      inbound_nodes:
        layer.className === "InputLayer"
          ? []
          : layer.calls.map((call) => spelling.call(layer, call, end)),
    })),
    input_layers: model.inputs.map(end),
    output_layers: model.outputs.map(end),
  });
}

function isModel(model: WordedModel, name: string): boolean {
  return model.layers.some((layer) => layer.name === name && layer.model !== undefined);
}

/** The tensors that stand in order in a call. */
export function positional({ args }: CallConfig): readonly TensorAddress[] {
  return args.flatMap((arg) => (arg.kind === "tensor" ? [arg.address] : []));
}

/** Tensors given by keyword (states to begin with) follow the others. */
const KERAS2_SPELLING: Spelling = {
  functional: (config) => ({ class_name: "Model", config }),
  sequential: (config) => ({ class_name: "Sequential", config }),
  layer: ({ className, config }) => ({ class_name: className, config }),
  call: (_, call, end) =>
    [...positional(call), ...[...call.keywords.values()].flat()].map((address) => [
      ...end(address),
      {},
    ]),
};
