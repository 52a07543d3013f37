import { at, slotAt, squareAt, type UpdateRule, zeros } from "./rule.ts";
import type { OptimizerSettings } from "./settings.ts";

/**
 * Adam with Nesterov's momentum, whose strength grows with the steps. Up to the legacy optimizers of tf.keras the growth
 * is slowed down by `schedule_decay`.
 * @see keras/optimizers.py `Nadam` (2.2.4); keras/src/optimizers/legacy/nadam.py (2.15); keras/src/optimizers/nadam.py (2.15, 3)
 */
export function nadam({ dialect, config }: OptimizerSettings): UpdateRule {
  const slowly = dialect === "keras" || dialect === "tf-legacy";
  const pace = slowly ? Math.fround(config.schedule_decay) : 1;
  const [beta1, beta2] = [Math.fround(config.beta_1), Math.fround(config.beta_2)];
  const [rest1, rest2] = [Math.fround(1 - beta1), Math.fround(1 - beta2)];
  const epsilon = Math.fround(config.epsilon);
  const strength = (step: number): number => {
    const power = Math.fround(BASE ** Math.fround(step * pace));
    return Math.fround(beta1 * Math.fround(1 - Math.fround(0.5 * power)));
  };
  return {
    slots: [zeros("momentum"), zeros("velocity")],
    productFactor: strength,
    update: ({ rate, step, product }) => {
      const [now, next] = [strength(step), strength(step + 1)];
      const past = Math.fround(1 - product);
      const future = Math.fround(1 - Math.fround(product * next));
      const second = Math.fround(1 - Math.fround(beta2 ** step));
      const fresh = Math.fround(1 - now);
      return (weight, gradient, slots, squares) => {
        const [m, v] = [slotAt(slots, 0), slotAt(slots, 1)];
        for (let i = 0; i < weight.length; i++) {
          const g = at(gradient, i);
          const square = squareAt(gradient, squares, i);
          m[i] = slowly
            ? Math.fround(beta1 * at(m, i)) + Math.fround(rest1 * g)
            : at(m, i) + Math.fround(Math.fround(g - at(m, i)) * rest1);
          v[i] = slowly
            ? Math.fround(beta2 * at(v, i)) + Math.fround(rest2 * square)
            : at(v, i) + Math.fround(Math.fround(square - at(v, i)) * rest2);
          const old = slowly
            ? Math.fround(next * Math.fround(at(m, i) / future))
            : Math.fround(Math.fround(next * at(m, i)) / future);
          const recent = slowly
            ? Math.fround(fresh * Math.fround(g / past))
            : Math.fround(Math.fround(fresh * g) / past);
          const spread = Math.fround(Math.sqrt(Math.fround(at(v, i) / second)));
          const step = Math.fround(Math.fround(old + recent) * rate);
          weight[i] = at(weight, i) - Math.fround(step / Math.fround(spread + epsilon));
        }
      };
    },
  };
}

/**
 * Whether the running product is multiplied before a weight's update. Once a step, but within a compiled step tf.keras 2.11
 * to 2.15 does so for each weight: its counter of products was read when the step was traced (twice), so that only one
 * weight in one step finds it as it should be.
 * @see keras/src/optimizers/nadam.py `_u_product_counter` (2.15)
 */
export function multipliesProduct(
  { dialect }: OptimizerSettings,
  place: { readonly weight: number; readonly weights: number; readonly step: number },
): boolean {
  const { weight, weights, step } = place;
  return dialect === "tf" ? step !== weights + weight : weight === 0;
}

const BASE = Math.fround(0.96);
