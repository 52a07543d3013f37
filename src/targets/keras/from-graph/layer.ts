import type { Node } from "../../../ir/graph.ts";
import type { Op, OpKind, OpOf } from "../../../ir/ops/index.ts";
import type { TensorType, WeightRef } from "../../../ir/tensor.ts";
import type { JsonObject } from "../../../json.ts";
import { activationLayer, preluLayer } from "./activation.ts";
import { affineLayer } from "./affine.ts";
import { convLayer, convTransposeLayer, depthwiseLayer } from "./conv.ts";
import { cropLayer, padLayer } from "./pad.ts";
import { globalPoolLayer, poolLayer } from "./pool.ts";
import { recurrentLayer } from "./recurrent.ts";
import { reshapeLayer, resizeLayer } from "./shape.ts";

/** A step of a graph as a layer of Keras 3, or why there is none. */
export type LayerDraft =
  | {
      readonly className: string;
      readonly config: JsonObject;
      /** In the order of the layer's weights in Keras; missing ones are left out. */
      readonly weights?: readonly (WeightRef | undefined)[];
      /** Zeros that are added before it: a layer of this class and config. */
      readonly before?: { readonly className: string; readonly config: JsonObject };
    }
  | { readonly unsupported: string };

/** What a step takes, what it gives first, and in which Keras words mean what they mean. */
export interface StepTypes {
  readonly generation: 2 | 3;
  readonly inputs: readonly TensorType[];
  readonly output: TensorType;
}

/** The layer that computes what a step computes. */
export function layerOf({ op }: Node, types: StepTypes): LayerDraft {
  return draft(op, types);
}

function draft<Kind extends OpKind>(op: OpOf<Kind> & Op, types: StepTypes): LayerDraft {
  const make: Drafts[Kind] = LAYERS[op.kind];
  return make(op, types);
}

type Drafts = { readonly [Kind in OpKind]: (op: OpOf<Kind>, types: StepTypes) => LayerDraft };

function none(what: string): () => LayerDraft {
  return () => ({ unsupported: `Keras has no layer for ${what}.` });
}

/** Each op has an answer: a missing one does not compile. */
const LAYERS: Drafts = {
  conv: convLayer,
  depthwiseConv: depthwiseLayer,
  convTranspose: convTransposeLayer,
  locallyConnected: none("convolutions whose weights differ from place to place"),
  dense: ({ weights: { kernel, bias } }) => ({
    className: "Dense",
    config: { units: kernel.shape[1] ?? 0, activation: "linear", use_bias: bias !== undefined },
    weights: [kernel, bias],
  }),
  matmul: none("products of two values as matrices"),
  dot: ({ axes, normalize }) => ({ className: "Dot", config: { axes, normalize } }),
  embedding: ({ weights: { embeddings } }) => ({
    className: "Embedding",
    config: { input_dim: embeddings.shape[0] ?? 0, output_dim: embeddings.shape[1] ?? 0 },
    weights: [embeddings],
  }),
  pool: poolLayer,
  globalPool: globalPoolLayer,
  reduce: none("sums and the like over single axes"),
  batchNorm: ({ axis, momentum, epsilon, weights: { gamma, beta, mean, variance } }) => ({
    className: "BatchNormalization",
    config: { axis, momentum, epsilon, center: beta !== undefined, scale: gamma !== undefined },
    weights: [gamma, beta, mean, variance],
  }),
  layerNorm: ({ axes, epsilon, rms, weights: { gamma, beta } }) =>
    rms
      ? { unsupported: "the layer that normalises by the mean of squares is not written yet." }
      : {
          className: "LayerNormalization",
          config: { axis: axes, epsilon, center: beta !== undefined, scale: gamma !== undefined },
          weights: [gamma, beta],
        },
  groupNorm: ({ groups, axis, epsilon, weights: { gamma, beta } }) => ({
    className: "GroupNormalization",
    config: { groups, axis, epsilon, center: beta !== undefined, scale: gamma !== undefined },
    weights: [gamma, beta],
  }),
  unitNorm: ({ axes }) => ({ className: "UnitNormalization", config: { axis: axes } }),
  affine: affineLayer,
  activation: activationLayer,
  prelu: preluLayer,
  unary: ({ fn }) => none(`${fn} of every number`)(),
  merge: ({ fn }) =>
    fn === "divide"
      ? none("quotients of two values")()
      : { className: `${fn[0]?.toUpperCase()}${fn.slice(1)}`, config: {} },
  concat: ({ axis }) => ({ className: "Concatenate", config: { axis } }),
  reshape: reshapeLayer,
  permute: ({ dims }) => ({ className: "Permute", config: { dims: dims.slice(1) } }),
  repeat: ({ n }) => ({ className: "RepeatVector", config: { n } }),
  pad: padLayer,
  crop: cropLayer,
  slice: none("parts of an axis"),
  resize: resizeLayer,
  constant: none("numbers that depend on no input"),
  notEqualMask: none("masks"),
  applyMask: none("masks"),
  recurrent: recurrentLayer,
  convLstm: none("convolutions over time with states, from another format"),
  noise: none("noise, from another format"),
  custom: ({ className }) => ({ unsupported: `its class (${className}) is not known.` }),
};
