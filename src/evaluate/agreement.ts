import {
  type ConfusionMatrix,
  predictedCounts,
  rightCounts,
  sum,
  trueCounts,
} from "./confusion.ts";

/**
 * Agreement beyond chance: 1 is perfect, 0 what chance gives. NaN where truth and predictions are all of one class.
 * @see sklearn.metrics.cohen_kappa_score
 */
export function cohenKappa(matrix: ConfusionMatrix): number {
  const total = sum(trueCounts(matrix));
  const real = trueCounts(matrix);
  const claimed = predictedCounts(matrix);
  const wrong = total - sum(rightCounts(matrix));
  const byChance = total - sum(real.map((count, c) => (count * (claimed[c] ?? 0)) / total));
  return 1 - wrong / byChance;
}

/** Correlation of truth and predictions, -1 to 1; 0 where one of them never varies. @see sklearn.metrics.matthews_corrcoef */
export function matthewsCorrelation(matrix: ConfusionMatrix): number {
  const real = trueCounts(matrix);
  const claimed = predictedCounts(matrix);
  const total = sum(real);
  const product = (a: readonly number[], b: readonly number[]) =>
    sum(a.map((value, c) => value * (b[c] ?? 0)));
  const together = sum(rightCounts(matrix)) * total - product(real, claimed);
  const ofClaimed = total * total - product(claimed, claimed);
  const ofReal = total * total - product(real, real);
  if (ofClaimed * ofReal === 0) return 0;
  return together / Math.sqrt(ofReal * ofClaimed);
}

/** The mean recall of the classes that have samples. @see sklearn.metrics.balanced_accuracy_score */
export function balancedAccuracy(matrix: ConfusionMatrix): number {
  const right = rightCounts(matrix);
  const recalls = trueCounts(matrix).flatMap((count, c) =>
    count === 0 ? [] : [(right[c] ?? 0) / count],
  );
  return sum(recalls) / recalls.length;
}
