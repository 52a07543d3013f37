import type { NoWeights } from "../tensor.ts";
import type { Layout, Padding } from "./conv.ts";

/** Sliding maximum or mean over 1, 2 or 3 spatial axes. A mean counts real elements only, never padding. */
export interface PoolOp {
  readonly kind: "pool";
  readonly fn: "max" | "average";
  readonly poolSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: Padding;
  readonly layout: Layout;
  readonly weights: NoWeights;
}

/** Maximum or mean over all spatial axes: every axis but batch and channels. */
export interface GlobalPoolOp {
  readonly kind: "globalPool";
  readonly fn: "max" | "average";
  readonly keepDims: boolean;
  readonly layout: Layout;
  /** The second input is a boolean mask `(batch, time)`: the mean runs over true steps only. */
  readonly masked: boolean;
  readonly weights: NoWeights;
}

/** Reduction over the named axes (0 is the batch). `l2norm` is the root of the sum of squares. */
export interface ReduceOp {
  readonly kind: "reduce";
  readonly fn: "sum" | "mean" | "max" | "min" | "prod" | "l2norm";
  readonly axes: readonly number[];
  readonly keepDims: boolean;
  readonly weights: NoWeights;
}
