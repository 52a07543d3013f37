import { at, slotAt, type UpdateRule, zeros } from "./rule.ts";
import type { OptimizerSettings } from "./settings.ts";

/**
 * Steps of one size: the sign of gradient and momentum. tf.keras 2.13 and later, Keras 3.
 * @see keras/src/optimizers/lion.py (2.15, 3)
 */
export function lion({ config }: OptimizerSettings): UpdateRule {
  const [beta1, beta2] = [Math.fround(config.beta_1), Math.fround(config.beta_2)];
  const [rest1, rest2] = [Math.fround(1 - beta1), Math.fround(1 - beta2)];
  return {
    slots: [zeros("momentum")],
    update:
      ({ rate }) =>
      (weight, gradient, slots) => {
        const momentum = slotAt(slots, 0);
        for (let i = 0; i < weight.length; i++) {
          const [g, m] = [at(gradient, i), at(momentum, i)];
          const ahead = Math.fround(m * beta1) + Math.fround(g * rest1);
          weight[i] = at(weight, i) - rate * Math.sign(Math.fround(ahead));
          momentum[i] = Math.fround(m * beta2) + Math.fround(g * rest2);
        }
      },
  };
}
