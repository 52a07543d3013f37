import type { NoWeights, TensorType } from "../tensor.ts";
import type { Layout, Padding } from "./conv.ts";
import {
  channelAxis,
  dimAt,
  expectAxes,
  expectMinRank,
  expectRank,
  floatOf,
  imageShape,
  oneInput,
  spatialDims,
  twoInputs,
} from "./expect.ts";
import { windowOutput } from "./window.ts";

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

/** Output type of `pool`. */
export function inferPool(op: PoolOp, inputs: readonly TensorType[]): readonly TensorType[] {
  const input = oneInput(inputs);
  const rank = op.poolSize.length + 2;
  expectRank(input, rank);
  const dilations = op.poolSize.map(() => 1);
  const spatial = windowOutput(
    { ...op, size: op.poolSize, dilations },
    spatialDims(input, op.layout),
  );
  const channels = dimAt(input.shape, channelAxis(op.layout, rank));
  const shape = imageShape(dimAt(input.shape, 0), spatial, channels, op.layout);
  return [{ dtype: floatOf(input.dtype), shape }];
}

/** Output type of `globalPool`. */
export function inferGlobalPool(
  op: GlobalPoolOp,
  inputs: readonly TensorType[],
): readonly TensorType[] {
  const input = op.masked ? twoInputs(inputs)[0] : oneInput(inputs);
  expectMinRank(input, 3);
  if (op.masked) expectRank(twoInputs(inputs)[1], 2);
  const rank = input.shape.length;
  const batch = dimAt(input.shape, 0);
  const channels = dimAt(input.shape, channelAxis(op.layout, rank));
  const ones = spatialDims(input, op.layout).map(() => 1);
  const shape = op.keepDims ? imageShape(batch, ones, channels, op.layout) : [batch, channels];
  return [{ dtype: floatOf(input.dtype), shape }];
}

/** Output type of `reduce`. */
export function inferReduce(op: ReduceOp, inputs: readonly TensorType[]): readonly TensorType[] {
  const input = oneInput(inputs);
  expectAxes(input, op.axes, 0);
  const gone = new Set(op.axes);
  const shape = op.keepDims
    ? input.shape.map((dim, axis) => (gone.has(axis) ? 1 : dim))
    : input.shape.filter((_, axis) => !gone.has(axis));
  return [{ dtype: floatOf(input.dtype), shape }];
}
