import type { LossWay } from "../loss-way.ts";
import { lossOf } from "../losses.ts";
import { eachRow, type Measure, meanOverRows, rowWeights } from "./measure.ts";

/** Of rows whose largest number stands where the target's does. Ties go to the first, as numpy's `argmax`. */
export const categoricalAccuracy: Measure = meanOverRows((row, target) =>
  argmax(row) === argmax(target) ? 1 : 0,
);

/** Of rows whose largest number stands at their class. */
export const sparseAccuracy: Measure = meanOverRows((row, target) =>
  argmax(row) === (target[0] ?? 0) ? 1 : 0,
);

/** Of numbers that are on their target's side of the threshold. */
export function binaryAccuracy(threshold: number): Measure {
  const border = Math.fround(threshold);
  return meanOverRows((row, target) => {
    let hits = 0;
    row.forEach((p, i) => {
      hits += (p > border ? 1 : 0) === target[i] ? 1 : 0;
    });
    return hits / row.length;
  });
}

/**
 * Of numbers that become their target when they are rounded: stand-alone Keras, where −0.7 for −1 is right and 2 for 1 is wrong.
 * @see keras/metrics.py `binary_accuracy` (2.2.4)
 */
export const roundedAccuracy: Measure = meanOverRows((row, target) => {
  const hits = row.reduce((sum, p, i) => sum + (roundedToEven(p) === target[i] ? 1 : 0), 0);
  return hits / row.length;
});

/** Of numbers that are exactly their target. */
export const exactAccuracy: Measure = meanOverRows((row, target) => {
  const hits = row.reduce((sum, p, i) => sum + (p === target[i] ? 1 : 0), 0);
  return hits / row.length;
});

/** Of rows in which fewer than `k` numbers are larger than that of the class. @see tensorflow/core/kernels/in_topk_op.cc */
export function topK(k: number, classes: "one-hot" | "sparse"): Measure {
  return meanOverRows((row, target) => {
    const own = row[classes === "sparse" ? (target[0] ?? 0) : argmax(target)] ?? Number.NaN;
    if (!row.every(Number.isFinite)) return 0;
    return row.reduce((larger, p) => larger + (p > own ? 1 : 0), 0) < k ? 1 : 0;
  });
}

/** The root of the mean over all numbers of all batches. */
export const rootOfSquares: Measure = {
  sums(batch) {
    let [sum, numbers] = [0, 0];
    eachRow(batch, (row, target, weight) => {
      row.forEach((p, i) => {
        sum += weight * (p - (target[i] ?? 0)) ** 2;
      });
      numbers += weight * row.length;
    });
    return [sum, numbers];
  },
  value: ([sum = 0, numbers = 0]) => Math.sqrt(sum / numbers),
};

/** A loss as a metric: without penalties, times a sign. */
export function lossMeasure(way: LossWay, sign: 1 | -1 = 1): Measure {
  return {
    sums(batch) {
      const { output, target, classes } = batch;
      const factors = rowWeights(batch);
      const rows = factors.reduce((sum, one) => sum + one, 0);
      return [sign * lossOf(way, { output, target, classes, factors }).value, rows];
    },
    value: ([sum = 0, rows = 0]) => sum / rows,
  };
}

/** Halves go to the even neighbour. */
function roundedToEven(value: number): number {
  const nearest = Math.round(value);
  return nearest - value === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest;
}

/** Where the largest number stands; of equals the first, as numpy has it. */
export function argmax(row: Float32Array): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if ((row[i] ?? 0) > (row[best] ?? 0)) best = i;
  return best;
}
