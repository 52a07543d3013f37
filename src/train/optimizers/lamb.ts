import { at, slotAt, squareAt, type UpdateRule, zeros } from "./rule.ts";
import { complement, type OptimizerSettings } from "./settings.ts";

/**
 * Adam with steps as long as the weight's own norm asks for. Keras 3.
 * @see keras/src/optimizers/lamb.py (3)
 */
export function lamb(settings: OptimizerSettings): UpdateRule {
  const { config } = settings;
  const [beta1, beta2] = [Math.fround(config.beta_1), Math.fround(config.beta_2)];
  const [rest1, rest2] = [complement(settings, "beta_1"), complement(settings, "beta_2")];
  const epsilon = Math.fround(config.epsilon);
  return {
    slots: [zeros("momentum"), zeros("velocity")],
    update: ({ rate, step }) => {
      const first = Math.fround(1 - Math.fround(beta1 ** step));
      const second = Math.fround(1 - Math.fround(beta2 ** step));
      return (weight, gradient, slots, squares) => {
        const [m, v] = [slotAt(slots, 0), slotAt(slots, 1)];
        for (let i = 0; i < weight.length; i++) {
          const g = at(gradient, i);
          const square = squareAt(gradient, squares, i);
          m[i] = at(m, i) + Math.fround(Math.fround(g - at(m, i)) * rest1);
          v[i] = at(v, i) + Math.fround(Math.fround(square - at(v, i)) * rest2);
          const spread = Math.fround(Math.sqrt(Math.fround(at(v, i) / second)));
          gradient[i] = Math.fround(at(m, i) / first) / Math.fround(spread + epsilon);
        }
        const [own, steps] = [normOf(weight), normOf(gradient)];
        const ratio = own > 0 && steps > 0 ? Math.fround(own / steps) : 1;
        const speed = Math.fround(ratio * rate);
        for (let i = 0; i < weight.length; i++) {
          weight[i] = at(weight, i) - Math.fround(speed * at(gradient, i));
        }
      };
    },
  };
}

function normOf(values: Float32Array): number {
  return Math.fround(Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)));
}
