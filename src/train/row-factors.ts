import { fail } from "../errors.ts";
import { hasClassTargets } from "../evaluate/index.ts";
import type { Judge, JudgedBatch } from "./judge.ts";

/** The rows of a batch: how many there are, and which axes of the output became one number. */
export interface JudgedRows {
  readonly rows: number;
  readonly axes: readonly number[];
}

/**
 * What each row counts in the loss of a batch: by the weights of its sample and the loss's reduction. Throws `unsupported` for weights of samples where samples are not apart.
 * @see keras/engine/training_utils.py `weighted_masked_objective` (2.2.4); keras/src/losses/loss.py `reduce_weighted_values` (3)
 */
export function rowFactors(
  { way, bySharesThatCount }: Judge,
  { shape, weights, target }: JudgedBatch,
  { rows, axes }: JudgedRows,
): Float32Array {
  const { name, reduction, ignoreClass } = way;
  const [samples = 1] = shape;
  const given = weights ?? new Float32Array(samples).fill(1);
  const sum = given.reduce((total, one) => total + one, 0);
  if (axes.includes(0)) {
    // One number for the whole batch is what every sample's weight is multiplied with.
    const means = { sum, mean: sum / samples, mean_with_sample_weight: 1 };
    if (rows === 1) return Float32Array.of(means[reductionOf(reduction)]);
    if (weights !== undefined) {
      fail("unsupported", `The loss "${name}" mixes samples, so that they cannot have weights.`);
    }
  }
  const perRow = axes.includes(0) ? Number.POSITIVE_INFINITY : rows / samples;
  const own = Float32Array.from({ length: rows }, (_, row) => given[Math.floor(row / perRow)] ?? 1);
  const isIgnored = (row: number): boolean =>
    hasClassTargets(name) && ignoreClass !== undefined && target[row] === ignoreClass;
  const left = own.filter((_, row) => !isIgnored(row));
  const counted = bySharesThatCount ? given.filter((one) => one !== 0).length / samples : 1;
  const byWeights = left.length < rows ? left.reduce((total, one) => total + one, 0) : sum;
  const divisors = {
    sum: 1,
    mean: counted * left.length,
    mean_with_sample_weight: weights === undefined ? left.length : byWeights,
  };
  const divisor = divisors[reductionOf(reduction)];
  return own.map((one) => (divisor === 0 ? 0 : one / divisor));
}

function reductionOf(
  reduction: Judge["way"]["reduction"],
): "sum" | "mean" | "mean_with_sample_weight" {
  return reduction === undefined || reduction === "none" ? "mean" : reduction;
}
