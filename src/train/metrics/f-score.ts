import { eachRow, type Measure } from "./measure.ts";

/** How Keras' `FBetaScore` is made. */
export interface FScoreOptions {
  readonly beta: number;
  readonly average: "micro" | "macro" | "weighted";
  /** Else the largest number of each row is what the model says. */
  readonly threshold?: number;
}

/** Precision and recall in one number. @see keras/src/metrics/f_score_metrics.py */
export function fScore({ beta, average, threshold }: FScoreOptions): Measure {
  const said = (row: Float32Array): ((p: number) => boolean) => {
    if (threshold !== undefined) return (p) => p > Math.fround(threshold);
    const most = Math.max(...row);
    return (p) => p >= most && Math.abs(p) > 1e-9;
  };
  return {
    sums(batch) {
      const sums = new Array<number>(batch.classes * EACH).fill(0);
      eachRow(batch, (row, target, weight) => {
        const isSaid = said(row);
        row.forEach((p, index) => {
          const wanted = target[index] ?? 0;
          const own = isSaid(p) ? 1 : 0;
          const counts = [own * wanted, own * (1 - wanted), (1 - own) * wanted, wanted];
          counts.forEach((count, at) => {
            sums[index * EACH + at] = (sums[index * EACH + at] ?? 0) + weight * count;
          });
        });
      });
      return sums;
    },
    value(sums) {
      const groups = average === "micro" ? [together(sums)] : inGroups(sums);
      const scores = groups.map((counts) => scoreOf(counts, beta));
      if (average !== "weighted") return scores.reduce((sum, one) => sum + one, 0) / scores.length;
      const all = groups.reduce((sum, [, , , wanted = 0]) => sum + wanted, EPSILON);
      return scores.reduce((sum, one, index) => sum + (one * (groups[index]?.[3] ?? 0)) / all, 0);
    },
  };
}

/** True positives, false positives, false negatives, and how many should be positive. */
const EACH = 4;
const EPSILON = 1e-7;

function scoreOf([right = 0, wrong = 0, missed = 0]: readonly number[], beta: number): number {
  const precision = right / (right + wrong + EPSILON);
  const recall = right / (right + missed + EPSILON);
  const square = beta * beta;
  return ((1 + square) * precision * recall) / (square * precision + recall + EPSILON);
}

function inGroups(sums: readonly number[]): readonly (readonly number[])[] {
  return Array.from({ length: sums.length / EACH }, (_, group) =>
    sums.slice(group * EACH, (group + 1) * EACH),
  );
}

function together(sums: readonly number[]): readonly number[] {
  return Array.from({ length: EACH }, (_, at) =>
    inGroups(sums).reduce((sum, group) => sum + (group[at] ?? 0), 0),
  );
}
