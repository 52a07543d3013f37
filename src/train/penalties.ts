import { fail } from "../errors.ts";
import type { Graph, WeightPenalty } from "../ir/graph.ts";
import type { WeightRef } from "../ir/tensor.ts";
import { orthogonalPenalty, orthogonalSlope } from "./orthogonal-penalty.ts";
import { placedWeight } from "./placed-weights.ts";

/** All penalties of a model, each with the weight that is trained. Throws `unsupported` for a weight that is trained in parts. */
export function penaltiesOf(
  { penalties }: Graph,
  trained: readonly WeightRef[],
): readonly WeightPenalty[] {
  return (penalties?.weights ?? []).map((penalty) => {
    const { ref, order } = placedWeight(penalty, trained);
    if (order === "other" && penalty.orthogonal !== undefined) {
      fail("unsupported", "Its regularizer is for a weight that is trained in another form.", {
        at: { layer: penalty.layer },
        hint: "Freeze this layer.",
      });
    }
    return { ...penalty, weight: ref };
  });
}

/** What one weight adds to the loss. */
export function penaltyOf({ l1, l2, orthogonal }: WeightPenalty, values: Float32Array): number {
  let [absolute, squares] = [0, 0];
  for (const value of values) {
    absolute += Math.abs(value);
    squares += value * value;
  }
  const turned = orthogonal === undefined ? 0 : orthogonalPenalty(orthogonal, values);
  return l1 * absolute + l2 * squares + turned;
}

/** Adds the slope of a penalty to the gradient of its weight. */
export function addPenaltySlope(
  { l1, l2, orthogonal }: WeightPenalty,
  values: Float32Array,
  gradient: Float32Array,
): void {
  const slope = orthogonal && orthogonalSlope(orthogonal, values);
  for (const [i, one] of slope?.entries() ?? []) gradient[i] = (gradient[i] ?? 0) + one;
  for (const [i, value] of values.entries()) {
    gradient[i] = (gradient[i] ?? 0) + (l1 * Math.sign(value) + 2 * l2 * value);
  }
}
