/** How often each class was taken for each: rows are true classes, columns predicted ones. */
export type ConfusionMatrix = readonly (readonly number[])[];

/** Two classes that a model confuses. */
export interface ConfusedPair {
  readonly truth: number;
  readonly predicted: number;
  readonly count: number;
  /** Of the samples of the true class. */
  readonly share: number;
}

/** Counts. @see sklearn.metrics.confusion_matrix */
export function confusionMatrix(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  numClasses: number,
): ConfusionMatrix {
  const rows = Array.from({ length: numClasses }, () => new Array<number>(numClasses).fill(0));
  for (let i = 0; i < truth.length; i++) {
    const row = rows[truth[i] ?? 0];
    const column = predicted[i] ?? 0;
    if (row !== undefined) row[column] = (row[column] ?? 0) + 1;
  }
  return rows;
}

/** Shares of each true class; 0 for a class without samples. @see `normalize="true"` of scikit-learn */
export function normalizeByTrue(matrix: ConfusionMatrix): ConfusionMatrix {
  return matrix.map((row) => {
    const total = sum(row);
    return row.map((count) => (total === 0 ? 0 : count / total));
  });
}

/** Samples of each true class. */
export function trueCounts(matrix: ConfusionMatrix): readonly number[] {
  return matrix.map(sum);
}

/** Samples taken for each class. */
export function predictedCounts(matrix: ConfusionMatrix): readonly number[] {
  return matrix.map((_, column) => sum(matrix.map((row) => row[column] ?? 0)));
}

/** Samples that were right, by class. */
export function rightCounts(matrix: ConfusionMatrix): readonly number[] {
  return matrix.map((row, label) => row[label] ?? 0);
}

/** What is confused most: by count, then by share of the true class, then in the order of the classes. */
export function mostConfused(matrix: ConfusionMatrix, limit = 10): readonly ConfusedPair[] {
  const totals = trueCounts(matrix);
  const pairs = matrix.flatMap((row, truth) =>
    row.flatMap((count, predicted) =>
      count === 0 || truth === predicted
        ? []
        : [{ truth, predicted, count, share: count / (totals[truth] ?? 1) }],
    ),
  );
  return pairs.sort((a, b) => b.count - a.count || b.share - a.share).slice(0, limit);
}

/** A sum in the order given. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
