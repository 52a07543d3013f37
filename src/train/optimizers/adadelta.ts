import { at, slotAt, squareAt, type UpdateRule, zeros } from "./rule.ts";
import { complement, type OptimizerSettings } from "./settings.ts";

/**
 * Steps as large as the last steps, gradients as large as the last gradients. The same in all generations but for its
 * default rate: 1 in Keras 1 and 2, 0.001 later.
 * @see keras/optimizers.py `Adadelta` (2.2.4); `ResourceApplyAdadelta` of TensorFlow; keras/src/optimizers/adadelta.py (2.15, 3)
 */
export function adadelta(settings: OptimizerSettings): UpdateRule {
  const { dialect, config } = settings;
  const rho = Math.fround(config.rho);
  // Keras 1 and 2 keep this number in Python.
  const rest = dialect === "keras" ? Math.fround(1 - config.rho) : complement(settings, "rho");
  const epsilon = Math.fround(config.epsilon);
  const root = (value: number): number => Math.fround(Math.sqrt(Math.fround(value + epsilon)));
  return {
    slots: [zeros("accumulated_grad"), zeros("accumulated_delta_var")],
    update:
      ({ rate }) =>
      (weight, gradient, slots, given) => {
        const [squares, steps] = [slotAt(slots, 0), slotAt(slots, 1)];
        for (let i = 0; i < weight.length; i++) {
          const g = at(gradient, i);
          squares[i] =
            Math.fround(rho * at(squares, i)) + Math.fround(rest * squareAt(gradient, given, i));
          const [before, below] = [root(at(steps, i)), root(at(squares, i))];
          const step = Math.fround(Math.fround(before * g) / below);
          const ofSteps =
            given === undefined
              ? Math.fround(step * step)
              : Math.fround((before / below) ** 2 * at(given, i));
          steps[i] = Math.fround(rho * at(steps, i)) + Math.fround(rest * ofSteps);
          weight[i] = at(weight, i) - Math.fround(rate * step);
        }
      },
  };
}
