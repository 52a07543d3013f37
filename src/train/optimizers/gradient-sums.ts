import { at, type SlotSpec, zeros } from "./rule.ts";
import type { OptimizerSettings } from "./settings.ts";

/** The slot of gradients that wait for their step (`gradient_accumulation_steps`); none where each makes its own. */
export function gradientSlots({ config }: OptimizerSettings): readonly SlotSpec[] {
  return config.gradient_accumulation_steps > 1 ? [zeros("gradient_accumulator")] : [];
}

/** Steps of the weights before one of the optimizer, which counts every gradient. */
export function stepsBefore({ config }: OptimizerSettings, iterations: number): number {
  return Math.floor(iterations / Math.max(1, config.gradient_accumulation_steps));
}

/**
 * Adds gradients to those that wait; true where a step is due, for which the gradients become the mean of all and nothing waits any more.
 * @see keras/src/optimizers/base_optimizer.py `_backend_apply_gradients` (3)
 */
export function gatherGradients(
  { config }: OptimizerSettings,
  iterations: number,
  pairs: readonly { readonly gradient: Float32Array; readonly sum: Float32Array | undefined }[],
): boolean {
  const { gradient_accumulation_steps: steps } = config;
  if (steps <= 1) return true;
  const isDue = (iterations + 1) % steps === 0;
  for (const { gradient, sum } of pairs) {
    if (sum === undefined) continue;
    for (let i = 0; i < sum.length; i++) {
      const together = Math.fround(at(gradient, i) + at(sum, i));
      if (isDue) gradient[i] = together / steps;
      sum[i] = isDue ? 0 : together;
    }
  }
  return isDue;
}
