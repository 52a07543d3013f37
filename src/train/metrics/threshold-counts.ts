import { eachRow, type Measure, type MeasuredBatch } from "./measure.ts";

/** Which outputs are counted, and at which thresholds. */
export interface CountOptions {
  /** From the least on. */
  readonly thresholds: readonly number[];
  /** Equal steps from 0 to 1, which Keras compares in another way: `beyond` puts the ends a little outside. */
  readonly steps?: "exact" | "beyond";
  /** Only this class. */
  readonly classId?: number;
  /** Only the `topK` largest of each row can be positive. */
  readonly topK?: number;
  /** Each class by itself. */
  readonly perClass?: boolean;
}

/** How many outputs were right and wrong at one threshold. */
export interface Counts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
}

/**
 * A measure of what outputs say above thresholds: `evaluate` gets for each class (or for all together) the counts at each of
 * them. Targets must be 0 or 1. @see keras/src/metrics/metrics_utils.py `update_confusion_matrix_variables`
 */
export function thresholdMeasure(
  options: CountOptions,
  evaluate: (counts: readonly (readonly Counts[])[]) => number,
): Measure {
  const size = options.thresholds.length;
  return {
    sums: (batch) => countAbove(batch, options),
    value(sums) {
      const groups = sums.length / (2 * size + 2);
      return evaluate(
        Array.from({ length: groups }, (_, group) => {
          const start = group * (2 * size + 2);
          return countsOf(sums.slice(start, start + 2 * size + 2), size);
        }),
      );
    },
  };
}

/** For each group: positives above each threshold that are right, that are wrong; all that should be, and should not be. */
function countsOf(sums: readonly number[], size: number): readonly Counts[] {
  const [positives = 0, negatives = 0] = sums.slice(2 * size);
  return Array.from({ length: size }, (_, index) => {
    const [right = 0, wrong = 0] = [sums[index], sums[size + index]];
    return {
      truePositives: right,
      falsePositives: wrong,
      trueNegatives: negatives - wrong,
      falseNegatives: positives - right,
    };
  });
}

function countAbove(batch: MeasuredBatch, options: CountOptions): readonly number[] {
  const { thresholds, perClass = false, classId, topK } = options;
  const size = thresholds.length;
  const width = 2 * size + 2;
  const sums = new Array<number>(width * (perClass ? batch.classes : 1)).fill(0);
  const above = aboveWhich(options);
  eachRow(batch, (row, target, weight) => {
    const kept = topK === undefined ? row : keepLargest(row, topK);
    kept.forEach((p, index) => {
      if (classId !== undefined && index !== classId) return;
      const start = perClass ? index * width : 0;
      const isTrue = (target[index] ?? 0) !== 0;
      const from = start + (isTrue ? 0 : size);
      for (let at = 0, end = above(p); at < end; at++) {
        sums[from + at] = (sums[from + at] ?? 0) + weight;
      }
      const total = start + 2 * size + (isTrue ? 0 : 1);
      sums[total] = (sums[total] ?? 0) + weight;
    });
  });
  return sums;
}

/** How many thresholds a number is above. In equal steps a number on a border belongs where rounding to float32 puts it. */
function aboveWhich({ thresholds, steps }: CountOptions): (p: number) => number {
  const last = thresholds.length - 1;
  if (steps !== undefined) {
    return (p) => {
      const bounded = Math.min(1, Math.max(0, p));
      const bucket = Math.ceil(Math.fround(bounded * last)) - 1;
      return (steps === "beyond" ? Math.max(0, bucket) : bucket) + 1;
    };
  }
  const borders = thresholds.map(Math.fround);
  return (p) => {
    const first = borders.findIndex((border) => !(p > border));
    return first < 0 ? borders.length : first;
  };
}

/** All but the largest are as if they were far below every threshold; of equals the first counts. */
function keepLargest(row: Float32Array, k: number): Float32Array {
  const order = Array.from(row, (_, index) => index).sort((a, b) => (row[b] ?? 0) - (row[a] ?? 0));
  const largest = new Set(order.slice(0, k));
  return row.map((p, index) => (largest.has(index) ? p : NOWHERE));
}

const NOWHERE = -1e10;
