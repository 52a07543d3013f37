import { at, slotAt, squareAt, type UpdateRule } from "./rule.ts";
import type { OptimizerSettings } from "./settings.ts";

/**
 * Gradients divided by the root of the sum of their squares. Keras 1 and 2 start the sum at 0, all others at 0.1; epsilon
 * stands inside the root from tf.keras 2.11 on.
 * @see keras/optimizers.py `Adagrad` (2.2.4); `ResourceApplyAdagradV2` of TensorFlow; keras/src/optimizers/adagrad.py (2.15, 3)
 */
export function adagrad({ dialect, config }: OptimizerSettings): UpdateRule {
  const inside = dialect === "tf" || dialect === "keras-3";
  const epsilon = Math.fround(config.epsilon);
  const initial = dialect === "keras" ? 0 : Math.fround(config.initial_accumulator_value);
  return {
    slots: [{ name: "accumulator", initial }],
    update:
      ({ rate }) =>
      (weight, gradient, slots, squares) => {
        const accumulator = slotAt(slots, 0);
        for (let i = 0; i < weight.length; i++) {
          const g = at(gradient, i);
          accumulator[i] = at(accumulator, i) + squareAt(gradient, squares, i);
          const sum = at(accumulator, i);
          const below = inside
            ? Math.fround(Math.sqrt(Math.fround(sum + epsilon)))
            : Math.fround(Math.fround(Math.sqrt(sum)) + epsilon);
          weight[i] = at(weight, i) - Math.fround(Math.fround(rate * g) / below);
        }
      },
  };
}
