import type { Node } from "../../../ir/graph.ts";
import type { Activation } from "../../../ir/ops/activation.ts";
import type { ConvLstmOp, RecurrentOp } from "../../../ir/ops/recurrent.ts";
import type { Dim, WeightRef } from "../../../ir/tensor.ts";
import type { Json, JsonObject } from "../../../json.ts";
import type { Emitters } from "../../target.ts";
import { activationName } from "./activation-name.ts";
import type { LayersEmission, TensorPlace } from "./emission.ts";
import { refuse } from "./refuse.ts";

/** Recurrent layers. */
export const recurrentEmitters = {
  recurrent: emitRecurrent,
  convLstm: emitConvLstm,
} satisfies Partial<Emitters<LayersEmission>>;

const CLASSES = { simple: "SimpleRNN", lstm: "LSTM", gru: "GRU" } as const;

function emitRecurrent(node: Node<RecurrentOp>, emission: LayersEmission): void {
  const { op } = node;
  const count = node.inputs.length - (op.masked ? 1 : 0);
  const x = emission.input(node);
  const mask = op.masked ? node.inputs.at(-1) : undefined;
  if (x.mask !== mask) {
    refuse(node, "its steps are masked in a way that layers of TensorFlow.js do not know.");
  }
  if (op.cell === "gru" && op.resetAfter) {
    refuse(node, "a GRU with reset_after does not exist in layers of TensorFlow.js.");
  }
  const inputs = Array.from({ length: count }, (_, index) => emission.input(node, index));
  const shapes = node.outputs.map((value) => emission.shapeOf(value));
  const parts = op.direction === "bidirectional" ? bothWays(node) : oneWay(node);
  const outMask = op.returnSequences && mask !== undefined ? { mask } : {};
  emission.finish(node, ...emission.add(node, { ...parts, shapes, ...outMask }, ...inputs));
}

interface RecurrentParts {
  readonly className: string;
  readonly config: JsonObject;
  readonly weights: Readonly<Record<string, WeightRef>>;
}

function oneWay(node: Node<RecurrentOp>): RecurrentParts {
  const { op } = node;
  const { kernel, recurrentKernel, bias } = op.weights;
  const config = { ...cellConfig(node), go_backwards: op.direction === "backward" };
  const weights = cellWeights("", kernel, recurrentKernel, bias);
  return { className: CLASSES[op.cell], config, weights };
}

function bothWays(node: Node<RecurrentOp>): RecurrentParts {
  const { op } = node;
  const { weights } = op;
  const className = CLASSES[op.cell];
  const name = className.toLowerCase();
  const { backwardKernel, backwardRecurrentKernel, backwardBias } = weights;
  if (backwardKernel === undefined || backwardRecurrentKernel === undefined) {
    return refuse(node, "its backward weights are missing.");
  }
  const layer = { class_name: className, config: { ...cellConfig(node), name } };
  return {
    className: "Bidirectional",
    config: { layer, merge_mode: mergeMode(op) },
    weights: {
      ...cellWeights(`forward_${name}/`, weights.kernel, weights.recurrentKernel, weights.bias),
      ...cellWeights(`backward_${name}/`, backwardKernel, backwardRecurrentKernel, backwardBias),
    },
  };
}

function mergeMode({ merge }: RecurrentOp): Json {
  if (merge === "multiply") return "mul";
  return merge === "average" ? "ave" : merge;
}

function cellConfig(node: Node<RecurrentOp>): JsonObject {
  const { op } = node;
  const gated = op.cell !== "simple";
  return {
    units: op.units,
    use_bias: op.weights.bias !== undefined,
    activation: nameOf(node, op.activation),
    ...(gated ? { recurrent_activation: nameOf(node, op.recurrentActivation) } : {}),
    return_sequences: op.returnSequences,
    return_state: op.returnState,
    stateful: false,
    unroll: false,
  };
}

function nameOf(node: Node, f: Activation): string {
  const name = activationName(f);
  return name ?? refuse(node, `the activation ${f.fn} does not exist in layers of TensorFlow.js.`);
}

function cellWeights(
  prefix: string,
  kernel: WeightRef,
  recurrent: WeightRef,
  bias: WeightRef | undefined,
): Readonly<Record<string, WeightRef>> {
  return {
    [`${prefix}kernel`]: kernel,
    [`${prefix}recurrent_kernel`]: recurrent,
    ...(bias === undefined ? {} : { [`${prefix}bias`]: bias }),
  };
}

function emitConvLstm(node: Node<ConvLstmOp>, emission: LayersEmission): void {
  const { op } = node;
  const { kernel, recurrentKernel, bias } = op.weights;
  if (op.strides.length !== 2) refuse(node, "only ConvLSTM2D exists in layers of TensorFlow.js.");
  const config = {
    filters: op.filters,
    kernel_size: kernel.shape.slice(0, 2),
    strides: [...op.strides],
    dilation_rate: [...op.dilations],
    padding: op.padding,
    data_format: "channels_last",
    use_bias: bias !== undefined,
    activation: nameOf(node, op.activation),
    recurrent_activation: nameOf(node, op.recurrentActivation),
    return_sequences: op.returnSequences,
    go_backwards: op.direction === "backward",
  };
  const weights = cellWeights("", kernel, recurrentKernel, bias);
  const shape: readonly Dim[] = emission.outputShape(node);
  const input: TensorPlace = emission.input(node);
  const parts = { className: "ConvLSTM2D", config, shape, weights };
  emission.finish(node, emission.one(node, parts, input));
}
