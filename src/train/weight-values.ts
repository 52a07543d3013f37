import { fail } from "../errors.ts";
import type { Graph } from "../ir/graph.ts";
import { sizeOf, type WeightRef } from "../ir/tensor.ts";
import type { WeightValues } from "./callback.ts";
import type { Trainer } from "./trainer.ts";

/** Every weight of a graph once, those that only add to the loss included. */
function weightRefsOf({ nodes, penalties }: Graph): readonly WeightRef[] {
  const refs = new Map<string, WeightRef>();
  for (const { op } of nodes) {
    for (const ref of Object.values<WeightRef | undefined>(op.weights)) {
      if (ref !== undefined) refs.set(ref.id, ref);
    }
  }
  for (const { weight } of penalties?.weights ?? []) refs.set(weight.id, weight);
  return [...refs.values()];
}

/** A copy of all present numbers. */
export function weightsOf(trainer: Trainer): WeightValues {
  return new Map(weightRefsOf(trainer.graph).map((ref) => [ref.id, trainer.valuesOf(ref)]));
}

/** Puts numbers back. Throws `bad-weights` where one is missing or of another size. */
export function setWeights(trainer: Trainer, values: WeightValues): void {
  const refs = weightRefsOf(trainer.graph);
  const wrong = refs.find((ref) => values.get(ref.id)?.length !== sizeOf(ref.shape));
  if (wrong !== undefined) {
    fail("bad-weights", `The saved weights are those of another model: ${wrong.id} does not fit.`);
  }
  for (const ref of refs) trainer.setValues(ref, values.get(ref.id) ?? new Float32Array(0));
}
