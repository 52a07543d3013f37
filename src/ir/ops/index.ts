import type { TensorType } from "../tensor.ts";
import type { ActivationOp, PreluOp, UnaryOp } from "./activation.ts";
import type { ConvOp, ConvTransposeOp, DepthwiseConvOp, LocallyConnectedOp } from "./conv.ts";
import type { DenseOp, DotOp, EmbeddingOp, MatmulOp } from "./dense.ts";
import type { ConcatOp, MergeOp } from "./merge.ts";
import type { CustomOp, NoiseOp } from "./noise.ts";
import type { AffineOp, BatchNormOp, GroupNormOp, LayerNormOp, UnitNormOp } from "./norm.ts";
import type { GlobalPoolOp, PoolOp, ReduceOp } from "./pool.ts";
import type { ConvLstmOp, RecurrentOp } from "./recurrent.ts";
import type {
  ApplyMaskOp,
  ConstantOp,
  CropOp,
  NotEqualMaskOp,
  PadOp,
  PermuteOp,
  RepeatOp,
  ReshapeOp,
  ResizeOp,
  SliceOp,
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

export type OpKind = Op["kind"];
export type OpOf<K extends OpKind> = Extract<Op, { readonly kind: K }>;

/** What an op states about itself, once for all sources and targets. */
export interface OpDef<O extends Op> {
  /** Types of the outputs. Throws `bad-shape` when the inputs or weights do not fit. */
  infer(op: O, inputs: readonly TensorType[]): readonly TensorType[];
}

/** The complete table: a missing op does not compile. */
export type OpDefs = { readonly [K in OpKind]: OpDef<OpOf<K>> };
