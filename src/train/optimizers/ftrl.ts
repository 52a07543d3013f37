import { at, slotAt, squareAt, type UpdateRule, zeros } from "./rule.ts";
import type { OptimizerSettings } from "./settings.ts";

/**
 * "Follow the regularized leader": weights anew from the sum of all gradients, which L1 makes 0 and L2 small. tf.keras and Keras 3.
 * @see keras/src/optimizers/ftrl.py (2.15, 3); `ResourceApplyFtrlV2` of TensorFlow
 */
export function ftrl({ config }: OptimizerSettings): UpdateRule {
  const power = -config.learning_rate_power;
  const l1 = Math.fround(config.l1_regularization_strength);
  const shrinkage = Math.fround(2 * config.l2_shrinkage_regularization_strength);
  const raised = (value: number): number => Math.fround(value ** power);
  return {
    slots: [
      { name: "accumulator", initial: Math.fround(config.initial_accumulator_value) },
      zeros("linear"),
    ],
    update: ({ rate }) => {
      const beyond = Math.fround(Math.fround(config.beta) / Math.fround(2 * rate));
      const l2 = Math.fround(2 * Math.fround(config.l2_regularization_strength + beyond));
      return (weight, gradient, slots, squares) => {
        const [accumulator, linear] = [slotAt(slots, 0), slotAt(slots, 1)];
        for (let i = 0; i < weight.length; i++) {
          const [g, w] = [at(gradient, i), at(weight, i)];
          const before = raised(at(accumulator, i));
          accumulator[i] = at(accumulator, i) + squareAt(gradient, squares, i);
          const after = raised(at(accumulator, i));
          const sigma = Math.fround(Math.fround(after - before) / rate);
          const slope = Math.fround(g + Math.fround(shrinkage * w));
          linear[i] = at(linear, i) + Math.fround(slope - Math.fround(sigma * w));
          const z = at(linear, i);
          const clipped = Math.min(l1, Math.max(-l1, z));
          weight[i] = Math.fround(clipped - z) / Math.fround(Math.fround(after / rate) + l2);
        }
      };
    },
  };
}
