import type {
  ReduceLayerParamsReduceAxis,
  ReduceLayerParamsReduceOperation,
} from "../../formats/coreml/types.gen.ts";
import { type LayerCall, type LayerRun, on } from "../call.ts";
import {
  fold,
  indexOfExtreme,
  mean,
  type Reduction,
  reduceAxes,
  squares,
  sum,
} from "../reduction.ts";
import { around, emptyTensor, reshaped, type Tensor } from "../tensor.ts";

/**
 * Over C, H, W or some of them, which stay as ones.
 *
 * @see NeuralNetwork.proto ReduceLayerParams
 */
export const reduce = on("reduce", ({ mode = "SUM", axis = "CHW", epsilon }, call) => {
  const fromEnd = REDUCE_AXES[axis];
  const x = call.input(0, Math.max(...fromEnd));
  const axes = fromEnd.map((one) => x.shape.length - one);
  if (mode === "ARGMAX") {
    call.require(axes.length === 1, "finds the largest along several axes");
    return indexOfExtreme(x, axes[0] ?? 0, (value, best) => value > best);
  }
  return reduceAxes(x, axes, true, OPERATIONS[mode](epsilon || 1e-6));
});

/** Index of the largest number along an axis. */
export const argMax = on("argMax", ({ axis = 0, removeDim }, call) =>
  argument(call, axis, removeDim === true, (value, best) => value > best),
);

/** Index of the smallest number along an axis. */
export const argMin = on("argMin", ({ axis = 0, removeDim }, call) =>
  argument(call, axis, removeDim === true, (value, best) => value < best),
);

/** Sums up to each element. */
export const cumSum = on("cumSum", ({ axis = 0, excludeFinalSum, reverse }, call) => {
  const x = call.input(0, 1);
  const at = call.axis(call.inputCount > 1 ? (call.input(1).data[0] ?? 0) : axis, x.shape.length);
  const [outer, size, inner] = around(x.shape, at);
  const result = emptyTensor(x.shape);
  for (let group = 0; group < outer * inner; group++) {
    const start = Math.floor(group / inner) * size * inner + (group % inner);
    let sum = 0;
    for (let step = 0; step < size; step++) {
      const place = start + (reverse === true ? size - 1 - step : step) * inner;
      const before = sum;
      sum += x.data[place] ?? 0;
      result.data[place] = excludeFinalSum === true ? before : sum;
    }
  }
  return result;
});

const REDUCE_AXES: Readonly<Record<ReduceLayerParamsReduceAxis, readonly number[]>> = {
  CHW: [3, 2, 1],
  HW: [2, 1],
  C: [3],
  H: [2],
  W: [1],
};

const OPERATIONS: Readonly<
  Record<Exclude<ReduceLayerParamsReduceOperation, "ARGMAX">, (epsilon: number) => Reduction>
> = {
  SUM: () => sum,
  AVG: () => mean,
  PROD: () => (values) => fold(values, 1, (product, x) => product * x),
  LOGSUM: (epsilon) => (values) => fold(values, 0, (total, x) => total + Math.log(x + epsilon)),
  SUMSQUARE: () => squares,
  L1: () => (values) => fold(values, 0, (total, x) => total + Math.abs(x)),
  L2: () => (values) => Math.sqrt(squares(values)),
  MAX: () => (values) => fold(values, Number.NEGATIVE_INFINITY, Math.max),
  MIN: () => (values) => fold(values, Number.POSITIVE_INFINITY, Math.min),
};

/** Over the given axes, or all. */
export const reduceSum = reduction("reduceSum", sum);
export const reduceMean = reduction("reduceMean", mean);
export const reduceMax = reduction("reduceMax", OPERATIONS.MAX(0));
export const reduceMin = reduction("reduceMin", OPERATIONS.MIN(0));
export const reduceProd = reduction("reduceProd", OPERATIONS.PROD(0));
export const reduceL1 = reduction("reduceL1", OPERATIONS.L1(0));
export const reduceL2 = reduction("reduceL2", OPERATIONS.L2(0));
export const reduceSumSquare = reduction("reduceSumSquare", squares);
/** The logarithm of a sum of exponentials, without overflow. */
export const reduceLogSumExp = reduction("reduceLogSumExp", (values) => {
  const largest = fold(values, Number.NEGATIVE_INFINITY, Math.max);
  return largest + Math.log(fold(values, 0, (total, x) => total + Math.exp(x - largest)));
});

function reduction(
  kind:
    | "reduceSum"
    | "reduceMean"
    | "reduceMax"
    | "reduceMin"
    | "reduceProd"
    | "reduceL1"
    | "reduceL2"
    | "reduceSumSquare"
    | "reduceLogSumExp",
  f: Reduction,
): LayerRun {
  return on(kind, ({ axes = [], keepDims, reduceAll }, call) => {
    const x = call.input();
    const all = x.shape.map((_, axis) => axis);
    const chosen = reduceAll === true ? all : axes.map((axis) => call.axis(axis, all.length));
    call.require(chosen.length > 0, "names no axes");
    return reduceAxes(x, chosen, keepDims === true, f);
  });
}

function argument(
  call: LayerCall,
  axis: number,
  remove: boolean,
  better: (value: number, best: number) => boolean,
): Tensor {
  const x = call.input(0, 1);
  const at = call.axis(axis, x.shape.length);
  const result = indexOfExtreme(x, at, better);
  if (!remove || x.shape.length === 1) return result;
  return reshaped(
    result,
    x.shape.filter((_, index) => index !== at),
  );
}
