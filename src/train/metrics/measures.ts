import { type LossWay, lossOf } from "../losses.ts";

/** Outputs and targets of a batch, row-major. */
export interface MeasuredBatch {
  readonly output: Float32Array;
  /** Of the output's size, or one class a row. */
  readonly target: Float32Array;
  /** Numbers of a row. */
  readonly classes: number;
}

/** The mean over the rows of a batch. */
export type Measure = (batch: MeasuredBatch) => number;

/** Of rows whose largest number stands where the target's does. Ties go to the first, as numpy's `argmax`. */
export const categoricalAccuracy: Measure = (batch) =>
  meanOf(batch, (row, target) => (argmax(row) === argmax(target) ? 1 : 0));

/** Of rows whose largest number stands at their class. */
export const sparseAccuracy: Measure = (batch) =>
  meanOf(batch, (row, target) => (argmax(row) === (target[0] ?? 0) ? 1 : 0));

/** Of numbers that are on their target's side of 0.5. */
export const binaryAccuracy: Measure = (batch) =>
  meanOf(batch, (row, target) => meanRow(row, (p, i) => ((p > 0.5 ? 1 : 0) === target[i] ? 1 : 0)));

/** Of rows in which fewer than `k` numbers are larger than that of the class. @see tensorflow/core/kernels/in_topk_op.cc */
export function topK(k: number, classes: "one-hot" | "sparse"): Measure {
  return (batch) =>
    meanOf(batch, (row, target) => {
      const own = row[classes === "sparse" ? (target[0] ?? 0) : argmax(target)] ?? Number.NaN;
      if (!row.every(Number.isFinite)) return 0;
      return row.reduce((larger, p) => larger + (p > own ? 1 : 0), 0) < k ? 1 : 0;
    });
}

/** Squares of the differences. */
export const squaredError: Measure = (batch) =>
  meanOf(batch, (row, target) => meanRow(row, (p, i) => (p - (target[i] ?? 0)) ** 2));

/** Differences without their signs. */
export const absoluteError: Measure = (batch) =>
  meanOf(batch, (row, target) => meanRow(row, (p, i) => Math.abs(p - (target[i] ?? 0))));

/** Differences in hundredths of the target. */
export const absolutePercentage: Measure = (batch) =>
  meanOf(batch, (row, target) =>
    meanRow(row, (p, i) => {
      const wanted = target[i] ?? 0;
      return (100 * Math.abs(wanted - p)) / Math.max(Math.abs(wanted), EPSILON);
    }),
  );

/** Squares of the differences of the logarithms. */
export const squaredLogarithmic: Measure = (batch) =>
  meanOf(batch, (row, target) => meanRow(row, (p, i) => (logOf(p) - logOf(target[i] ?? 0)) ** 2));

/** A loss as a metric: without penalties and weights of samples. */
export function lossMeasure(way: LossWay): Measure {
  return ({ output, target, classes }) => {
    const rows = output.length / classes;
    const factors = new Float32Array(rows).fill(1 / rows);
    return lossOf(way, { output, target, classes, factors }).value;
  };
}

const EPSILON = 1e-7;

function logOf(value: number): number {
  return Math.log(Math.max(value, EPSILON) + 1);
}

function meanOf(
  { output, target, classes }: MeasuredBatch,
  measure: (row: Float32Array, target: Float32Array) => number,
): number {
  const rows = output.length / classes;
  const wide = target.length / rows;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const own = output.subarray(row * classes, (row + 1) * classes);
    sum += measure(own, target.subarray(row * wide, (row + 1) * wide));
  }
  return sum / rows;
}

function meanRow(row: Float32Array, measure: (value: number, index: number) => number): number {
  let sum = 0;
  row.forEach((value, index) => {
    sum += measure(value, index);
  });
  return sum / row.length;
}

function argmax(row: Float32Array): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if ((row[i] ?? 0) > (row[best] ?? 0)) best = i;
  return best;
}
