import type { TensorType } from "../tensor.ts";
import {
  type ActivationOp,
  inferActivation,
  inferPrelu,
  inferUnary,
  type PreluOp,
  type UnaryOp,
} from "./activation.ts";
import {
  type ConvOp,
  type ConvTransposeOp,
  type DepthwiseConvOp,
  inferConv,
  inferConvTranspose,
  inferDepthwiseConv,
  inferLocallyConnected,
  type LocallyConnectedOp,
} from "./conv.ts";
import {
  type DenseOp,
  type DotOp,
  type EmbeddingOp,
  inferDense,
  inferDot,
  inferEmbedding,
  inferMatmul,
  type MatmulOp,
} from "./dense.ts";
import {
  type ApplyMaskOp,
  inferApplyMask,
  inferNotEqualMask,
  type NotEqualMaskOp,
} from "./mask.ts";
import { type ConcatOp, inferConcat, inferMerge, type MergeOp } from "./merge.ts";
import { type CustomOp, inferCustom, inferNoise, type NoiseOp } from "./noise.ts";
import {
  type AffineOp,
  type BatchNormOp,
  type GroupNormOp,
  inferAffine,
  inferBatchNorm,
  inferGroupNorm,
  inferLayerNorm,
  inferUnitNorm,
  type LayerNormOp,
  type UnitNormOp,
} from "./norm.ts";
import { type CropOp, inferCrop, inferPad, inferSlice, type PadOp, type SliceOp } from "./pad.ts";
import {
  type GlobalPoolOp,
  inferGlobalPool,
  inferPool,
  inferReduce,
  type PoolOp,
  type ReduceOp,
} from "./pool.ts";
import { type ConvLstmOp, inferConvLstm, inferRecurrent, type RecurrentOp } from "./recurrent.ts";
import {
  type ConstantOp,
  inferConstant,
  inferPermute,
  inferRepeat,
  inferReshape,
  inferResize,
  type PermuteOp,
  type RepeatOp,
  type ReshapeOp,
  type ResizeOp,
} from "./shape.ts";

/** Every op there is. Each target answers for each of them. */
export type Op =
  | ConvOp
  | DepthwiseConvOp
  | ConvTransposeOp
  | LocallyConnectedOp
  | DenseOp
  | MatmulOp
  | DotOp
  | EmbeddingOp
  | PoolOp
  | GlobalPoolOp
  | ReduceOp
  | BatchNormOp
  | LayerNormOp
  | GroupNormOp
  | UnitNormOp
  | AffineOp
  | ActivationOp
  | PreluOp
  | UnaryOp
  | MergeOp
  | ConcatOp
  | ReshapeOp
  | PermuteOp
  | RepeatOp
  | PadOp
  | CropOp
  | SliceOp
  | ResizeOp
  | ConstantOp
  | NotEqualMaskOp
  | ApplyMaskOp
  | RecurrentOp
  | ConvLstmOp
  | NoiseOp
  | CustomOp;

/** Name of an op. */
export type OpKind = Op["kind"];
/** The op of one kind. */
export type OpOf<K extends OpKind> = Extract<Op, { readonly kind: K }>;

/** What an op states about itself, once for all sources and targets. */
export interface OpDef<O extends Op> {
  /** Types of the outputs. Throws `bad-shape` when the inputs or weights do not fit. */
  infer(op: O, inputs: readonly TensorType[]): readonly TensorType[];
}

/** The complete table: a missing op does not compile. */
export type OpDefs = { readonly [K in OpKind]: OpDef<OpOf<K>> };

/** What each op states about itself. */
export const opDefs: OpDefs = {
  conv: { infer: inferConv },
  depthwiseConv: { infer: inferDepthwiseConv },
  convTranspose: { infer: inferConvTranspose },
  locallyConnected: { infer: inferLocallyConnected },
  dense: { infer: inferDense },
  matmul: { infer: inferMatmul },
  dot: { infer: inferDot },
  embedding: { infer: inferEmbedding },
  pool: { infer: inferPool },
  globalPool: { infer: inferGlobalPool },
  reduce: { infer: inferReduce },
  batchNorm: { infer: inferBatchNorm },
  layerNorm: { infer: inferLayerNorm },
  groupNorm: { infer: inferGroupNorm },
  unitNorm: { infer: inferUnitNorm },
  affine: { infer: inferAffine },
  activation: { infer: inferActivation },
  prelu: { infer: inferPrelu },
  unary: { infer: inferUnary },
  merge: { infer: inferMerge },
  concat: { infer: inferConcat },
  reshape: { infer: inferReshape },
  permute: { infer: inferPermute },
  repeat: { infer: inferRepeat },
  pad: { infer: inferPad },
  crop: { infer: inferCrop },
  slice: { infer: inferSlice },
  resize: { infer: inferResize },
  constant: { infer: inferConstant },
  notEqualMask: { infer: inferNotEqualMask },
  applyMask: { infer: inferApplyMask },
  recurrent: { infer: inferRecurrent },
  convLstm: { infer: inferConvLstm },
  noise: { infer: inferNoise },
  custom: { infer: inferCustom },
};
