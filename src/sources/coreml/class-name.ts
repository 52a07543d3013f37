import type { Op } from "../../ir/ops/index.ts";
import type { TensorType } from "../../ir/tensor.ts";

/** The Keras class of a step; where Keras has none, the word for the operation. */
export function classOf(op: Op, inputs: readonly TensorType[]): string {
  switch (op.kind) {
    case "conv":
      return `Conv${op.strides.length}D`;
    case "depthwiseConv":
      return `DepthwiseConv${op.strides.length}D`;
    case "convTranspose":
      return `Conv${op.strides.length}DTranspose`;
    case "pool":
      return `${POOL[op.fn]}Pooling${op.poolSize.length}D`;
    case "globalPool":
      return `Global${POOL[op.fn]}Pooling${(inputs[0]?.shape.length ?? 4) - 2}D`;
    case "activation":
      return activationClass(op.activation.fn);
    case "unary":
    case "reduce":
    case "merge":
      return capital(op.fn);
    case "reshape":
      return op.shape.length === 1 ? "Flatten" : "Reshape";
    case "pad":
      return `ZeroPadding${Math.min(3, Math.max(1, op.amounts.length - 2))}D`;
    case "crop":
      return `Cropping${Math.min(3, Math.max(1, op.amounts.length - 2))}D`;
    case "resize":
      return op.factors === undefined ? "Resizing" : `UpSampling${op.factors.length}D`;
    case "recurrent":
      return op.direction === "bidirectional" ? "Bidirectional" : CELLS[op.cell];
    default:
      return CLASSES[op.kind];
  }
}

const POOL = { max: "Max", average: "Average" } as const;
const CELLS = { simple: "SimpleRNN", lstm: "LSTM", gru: "GRU" } as const;

type Rest = Exclude<
  Op["kind"],
  | "conv"
  | "depthwiseConv"
  | "convTranspose"
  | "pool"
  | "globalPool"
  | "activation"
  | "unary"
  | "reduce"
  | "merge"
  | "reshape"
  | "pad"
  | "crop"
  | "resize"
  | "recurrent"
>;

const CLASSES: Readonly<Record<Rest, string>> = {
  locallyConnected: "LocallyConnected2D",
  dense: "Dense",
  matmul: "Matmul",
  dot: "Dot",
  embedding: "Embedding",
  batchNorm: "BatchNormalization",
  layerNorm: "LayerNormalization",
  groupNorm: "GroupNormalization",
  unitNorm: "UnitNormalization",
  affine: "Rescaling",
  prelu: "PReLU",
  concat: "Concatenate",
  permute: "Permute",
  repeat: "RepeatVector",
  slice: "GetItem",
  constant: "Constant",
  notEqualMask: "Masking",
  applyMask: "Masking",
  convLstm: "ConvLSTM2D",
  noise: "Dropout",
  custom: "Custom",
};

const ACTIVATIONS = new Map([
  ["softmax", "Softmax"],
  ["elu", "ELU"],
  ["relu", "ReLU"],
]);

function activationClass(fn: string): string {
  return ACTIVATIONS.get(fn) ?? "Activation";
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
