import { at, type UpdateRule, zeros } from "./rule.ts";
import type { OptimizerSettings } from "./settings.ts";

/**
 * Gradient descent with momentum, plain or Nesterov's.
 * @see keras/optimizers.py `SGD` (2.2.4); keras/src/optimizers/sgd.py (2.15, 3)
 */
export function sgd({ dialect, config }: OptimizerSettings): UpdateRule {
  const momentum = Math.fround(config.momentum);
  const { nesterov } = config;
  // Keras 1 and 2 and tf.keras 2.11 to 2.15 keep the slot even where the momentum is 0.
  const always = dialect === "keras" || dialect === "tf";
  const slots = always || momentum !== 0 ? [zeros("momentum")] : [];
  return {
    slots,
    update: ({ rate }) => {
      if (slots.length === 0) return (weight, gradient) => descend(weight, gradient, rate);
      return (weight, gradient, [velocity = new Float32Array(0)]) => {
        const inTwoSteps = dialect === "keras";
        for (let i = 0; i < weight.length; i++) {
          const step = Math.fround(rate * at(gradient, i));
          const v = Math.fround(Math.fround(momentum * at(velocity, i)) - step);
          velocity[i] = v;
          const w = at(weight, i);
          const ahead = Math.fround(momentum * v);
          if (!nesterov) weight[i] = w + v;
          else if (inTwoSteps) weight[i] = Math.fround(w + ahead) - step;
          else weight[i] = w + Math.fround(ahead - step);
        }
      };
    },
  };
}

function descend(weight: Float32Array, gradient: Float32Array, rate: number): void {
  for (let i = 0; i < weight.length; i++) {
    weight[i] = at(weight, i) - Math.fround(rate * at(gradient, i));
  }
}
