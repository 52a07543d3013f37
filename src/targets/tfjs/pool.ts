import {
  avgPool,
  avgPool3d,
  div,
  max,
  maxPool,
  mean,
  min,
  mul,
  ones,
  prod,
  reshape,
  sqrt,
  square,
  sum,
  type Tensor,
} from "@tensorflow/tfjs-core";
import type { GlobalPoolOp, PoolOp, ReduceOp } from "../../ir/ops/pool.ts";
import { type Computed, computed, tensorAt } from "./forward.ts";
import { channelsLast, fiveAxes, fourAxes, pair, sizeAt, triple, withTwoSpatial } from "./rank.ts";
import { padSpatial } from "./window.ts";

/** Maximum or average in a sliding window; places outside the input do not count. */
export function pool(op: PoolOp, inputs: readonly Tensor[]): Computed {
  return computed(channelsLast(tensorAt(inputs, 0), op.layout, (x) => pooled(op, x)));
}

/** Maximum or average over all places of each channel, masked steps left out. */
export function globalPool(op: GlobalPoolOp, inputs: readonly Tensor[]): Computed {
  const x = tensorAt(inputs, 0);
  const channel = op.layout === "channels-last" ? x.rank - 1 : 1;
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 0 && axis !== channel);
  if (op.fn === "max") return computed(max(x, axes, op.keepDims));
  if (!op.masked) return computed(mean(x, axes, op.keepDims));
  const mask = tensorAt(inputs, 1);
  const steps = reshape(
    mask,
    op.layout === "channels-last" ? [...mask.shape, 1] : [sizeAt(mask, 0), 1, -1],
  );
  return computed(div(sum(mul(x, steps), axes, op.keepDims), sum(steps, axes, op.keepDims)));
}

/** One number from all along some axes. */
export function reduce(op: ReduceOp, inputs: readonly Tensor[]): Computed {
  const x = tensorAt(inputs, 0);
  if (op.fn === "l2norm") return computed(sqrt(sum(square(x), [...op.axes], op.keepDims)));
  return computed(REDUCTIONS[op.fn](x, [...op.axes], op.keepDims));
}

type Reduction = (x: Tensor, axes: number[], keepDims: boolean) => Tensor;

const REDUCTIONS: Readonly<Record<Exclude<ReduceOp["fn"], "l2norm">, Reduction>> = {
  sum,
  mean,
  max,
  min,
  prod,
};

function pooled(op: PoolOp, x: Tensor): Tensor {
  const { padding } = op;
  if (padding === "valid" || (padding === "same" && !cutsVolume(op))) {
    return poolWindow(op, x, padding);
  }
  const window = { ...op, size: op.poolSize, dilations: op.poolSize.map(() => 1) };
  if (op.fn === "max") {
    return poolWindow(op, padSpatial(x, window, Number.NEGATIVE_INFINITY), "valid");
  }
  // Shares of real elements: the mean of what was padded with zeros, over the mean of ones.
  const share = (y: Tensor): Tensor => poolWindow(op, padSpatial(y, window, 0), "valid");
  return div(share(x), share(ones(x.shape)));
}

/** Whether strides leave elements of volumes out: then "same" of tfjs 4.22 has a border below zero, which moves the windows. */
function cutsVolume({ fn, poolSize, strides }: PoolOp): boolean {
  const skips = strides.some((stride, axis) => stride > (poolSize[axis] ?? 1));
  return fn === "average" && poolSize.length === 3 && skips;
}

function poolWindow(op: PoolOp, x: Tensor, padding: "same" | "valid"): Tensor {
  if (op.poolSize.length === 3) {
    if (op.fn === "max") return maxVolume(op, x, padding);
    return avgPool3d(fiveAxes(x), triple(op.poolSize), triple(op.strides), padding);
  }
  const [size, strides] = [pair(op.poolSize, 1), pair(op.strides, 1)];
  return withTwoSpatial(x, (y) =>
    op.fn === "max"
      ? maxPool(fourAxes(y), size, strides, padding)
      : avgPool(fourAxes(y), size, strides, padding),
  );
}

/** Rows and columns first, then the depth: the wasm kernel for volumes never gives a negative number. */
function maxVolume(op: PoolOp, x: Tensor, padding: "same" | "valid"): Tensor {
  const [batch = 1, depth = 1, height = 1, width = 1, channels = 1] = x.shape;
  const [[size, rows, columns], [stride, down, right]] = [triple(op.poolSize), triple(op.strides)];
  const frames = fourAxes(reshape(x, [batch * depth, height, width, channels]));
  const flat = maxPool(frames, [rows, columns], [down, right], padding);
  const lines = reshape(flat, [batch, depth, sizeAt(flat, 1) * sizeAt(flat, 2), channels]);
  const y = maxPool(fourAxes(lines), [size, 1], [stride, 1], padding);
  return reshape(y, [batch, sizeAt(y, 1), sizeAt(flat, 1), sizeAt(flat, 2), channels]);
}
