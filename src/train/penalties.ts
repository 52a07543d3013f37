import type { WeightPenalty } from "../ir/graph.ts";

/** What one weight adds to the loss; its slope is added to the gradient, where there is one. */
export function addPenalty(
  { l1, l2 }: WeightPenalty,
  values: Float32Array,
  gradient: Float32Array | undefined,
): number {
  let [absolute, squares] = [0, 0];
  for (const [i, value] of values.entries()) {
    absolute += Math.abs(value);
    squares += value * value;
    if (gradient !== undefined) {
      gradient[i] = (gradient[i] ?? 0) + (l1 * Math.sign(value) + 2 * l2 * value);
    }
  }
  return l1 * absolute + l2 * squares;
}
