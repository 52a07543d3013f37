import type { Diagnostic } from "../errors.ts";
import { allLayers } from "../sources/keras/topology.ts";
import type { TracedModel } from "../sources/keras/traced-model.ts";

/** Says that Keras computes a model's layers in numbers of 16 bits, which no backend here does: such a run goes on from its state, but not to the last digit. */
export function precisionWarnings({ model }: TracedModel): readonly Diagnostic[] {
  const policies = allLayers(model).flatMap(({ config: { dtype = null } }) =>
    typeof dtype === "string" && /^mixed_b?float16$/.test(dtype) ? [dtype] : [],
  );
  const [policy] = policies;
  if (policy === undefined) return [];
  return [
    {
      code: "unsupported",
      text: `${policies.length} layers compute in 16 bits in Keras (${policy}), here in 32: losses differ in their third digit, and no step is left out for gradients beyond 16 bits.`,
      hint: "Nothing is lost: weights and the optimizer's state have 32 bits in both, and the loss scale stays as it is.",
    },
  ];
}
