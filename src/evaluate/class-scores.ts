import {
  type ConfusionMatrix,
  predictedCounts,
  rightCounts,
  sum,
  trueCounts,
} from "./confusion.ts";

/** How well one class, or the average of all, was told from the others. */
export interface ClassScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Samples that are of this class. */
  readonly support: number;
}

/** Scores of classes and their averages. */
export interface ClassScores {
  readonly perClass: readonly ClassScore[];
  /** Over all samples; with one label a sample it is the accuracy. */
  readonly micro: ClassScore;
  /** Every class counts the same. */
  readonly macro: ClassScore;
  /** Every class counts by its samples. */
  readonly weighted: ClassScore;
}

/**
 * Precision, recall and F1; what would divide by zero is `zeroDivision`.
 * @see sklearn.metrics.precision_recall_fscore_support
 */
export function classScores(matrix: ConfusionMatrix, zeroDivision: 0 | 1 = 0): ClassScores {
  const right = rightCounts(matrix);
  const predicted = predictedCounts(matrix);
  const support = trueCounts(matrix);
  const ratio = (part: number, whole: number) => (whole === 0 ? zeroDivision : part / whole);
  const scoreOf = (hits: number, claimed: number, real: number): ClassScore => ({
    precision: ratio(hits, claimed),
    recall: ratio(hits, real),
    f1: ratio(2 * hits, real + claimed),
    support: real,
  });
  const perClass = matrix.map((_, c) => scoreOf(right[c] ?? 0, predicted[c] ?? 0, support[c] ?? 0));
  return {
    perClass,
    micro: scoreOf(sum(right), sum(predicted), sum(support)),
    macro: average(
      perClass,
      perClass.map(() => 1),
    ),
    weighted: average(perClass, support),
  };
}

function average(scores: readonly ClassScore[], weights: readonly number[]): ClassScore {
  const total = sum(weights);
  const mean = (pick: (score: ClassScore) => number) =>
    sum(scores.map((score, c) => pick(score) * (weights[c] ?? 0))) / total;
  return {
    precision: mean(({ precision }) => precision),
    recall: mean(({ recall }) => recall),
    f1: mean(({ f1 }) => f1),
    support: sum(scores.map(({ support }) => support)),
  };
}
