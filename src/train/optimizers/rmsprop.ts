import {
  at,
  type SlotSpec,
  slotAt,
  squareAt,
  type Update,
  type UpdateRule,
  zeros,
} from "./rule.ts";
import { complement, type OptimizerSettings } from "./settings.ts";

/**
 * Gradients divided by the root of their averaged squares; with momentum or around their mean where asked for.
 * Epsilon stands outside the root in Keras 1, 2 and, without momentum, in the legacy optimizers of tf.keras; inside in all others.
 * @see keras/optimizers.py `RMSprop` (2.2.4); `ResourceApplyRMSProp` of TensorFlow; keras/src/optimizers/rmsprop.py (2.15, 3)
 */
export function rmsprop(settings: OptimizerSettings): UpdateRule {
  const { dialect, config } = settings;
  const withMomentum = dialect !== "keras" && config.momentum > 0;
  const centered = dialect !== "keras" && config.centered;
  const slots: SlotSpec[] = [zeros("velocity")];
  if (withMomentum) slots.push(zeros("momentum"));
  if (centered) slots.push(zeros("average_gradient"));
  const outside = dialect === "keras" || (dialect === "tf-legacy" && !withMomentum);
  const places = { momentum: withMomentum ? 1 : -1, mean: centered ? slots.length - 1 : -1 };
  return { slots, update: ({ rate }) => updateOf(settings, { ...places, rate, outside }) };
}

interface Shape {
  readonly rate: number;
  /** Place of the slot; -1 without one. */
  readonly momentum: number;
  readonly mean: number;
  /** Whether epsilon is added to the root instead of below it. */
  readonly outside: boolean;
}

function updateOf(settings: OptimizerSettings, { rate, momentum, mean, outside }: Shape): Update {
  const { config } = settings;
  const rho = Math.fround(config.rho);
  const rest = complement(settings, "rho");
  const epsilon = Math.fround(config.epsilon);
  const strength = Math.fround(config.momentum);
  return (weight, gradient, slots, squares) => {
    const velocity = slotAt(slots, 0);
    const [speed, average] = [slots[momentum], slots[mean]];
    for (let i = 0; i < weight.length; i++) {
      const g = at(gradient, i);
      velocity[i] =
        Math.fround(rho * at(velocity, i)) + Math.fround(rest * squareAt(gradient, squares, i));
      let spread = at(velocity, i);
      if (average !== undefined) {
        average[i] = Math.fround(rho * at(average, i)) + Math.fround(rest * g);
        spread = Math.fround(spread - Math.fround(at(average, i) * at(average, i)));
      }
      const below = outside
        ? Math.fround(Math.fround(Math.sqrt(spread)) + epsilon)
        : Math.fround(Math.sqrt(Math.fround(spread + epsilon)));
      const step = Math.fround(Math.fround(rate * g) / below);
      if (speed === undefined) {
        weight[i] = at(weight, i) - step;
      } else {
        speed[i] = Math.fround(strength * at(speed, i)) + step;
        weight[i] = at(weight, i) - at(speed, i);
      }
    }
  };
}
