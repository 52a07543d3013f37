import { at, slotAt, type UpdateRule, zeros } from "./rule.ts";
import { complement, type OptimizerSettings } from "./settings.ts";

/**
 * Adam with the largest gradient instead of the averaged square.
 * @see keras/optimizers.py `Adamax` (2.2.4); `ResourceApplyAdaMax` of TensorFlow; keras/src/optimizers/adamax.py (2.15, 3)
 */
export function adamax(settings: OptimizerSettings): UpdateRule {
  const { dialect, config } = settings;
  const [beta1, beta2] = [Math.fround(config.beta_1), Math.fround(config.beta_2)];
  const rest = complement(settings, "beta_1");
  const epsilon = Math.fround(config.epsilon);
  return {
    slots: [zeros("momentum"), zeros("norm")],
    update: ({ rate, step }) => {
      const first = Math.fround(1 - Math.fround(beta1 ** step));
      const scaled = Math.fround(rate / first);
      return (weight, gradient, slots, magnitudes) => {
        const [m, norm] = [slotAt(slots, 0), slotAt(slots, 1)];
        for (let i = 0; i < weight.length; i++) {
          const g = at(gradient, i);
          m[i] =
            dialect === "keras"
              ? Math.fround(beta1 * at(m, i)) + Math.fround(rest * g)
              : at(m, i) + Math.fround(Math.fround(g - at(m, i)) * rest);
          const size = magnitudes === undefined ? Math.abs(g) : at(magnitudes, i);
          norm[i] = Math.max(Math.fround(beta2 * at(norm, i)), size);
          const below = Math.fround(at(norm, i) + epsilon);
          weight[i] = at(weight, i) - Math.fround(Math.fround(scaled * at(m, i)) / below);
        }
      };
    },
  };
}
