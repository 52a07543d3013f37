import { at, slotAt, squareAt, type Update, type UpdateRule, zeros } from "./rule.ts";
import { complement, type OptimizerSettings } from "./settings.ts";

/**
 * Adam, with AMSGrad where asked for. AdamW is Adam: its weight decay is applied before the update.
 * @see keras/optimizers.py `Adam` (2.2.4); `ResourceApplyAdam` of TensorFlow; keras/src/optimizers/adam.py (2.15, 3)
 */
export function adam(settings: OptimizerSettings): UpdateRule {
  const { dialect, config } = settings;
  const { amsgrad } = config;
  const [beta1, beta2] = [Math.fround(config.beta_1), Math.fround(config.beta_2)];
  return {
    slots: [zeros("momentum"), zeros("velocity"), ...(amsgrad ? [zeros("velocity_hat")] : [])],
    update: ({ rate, step }) => {
      const root = Math.fround(Math.sqrt(Math.fround(1 - Math.fround(beta2 ** step))));
      const first = Math.fround(1 - Math.fround(beta1 ** step));
      if (dialect === "keras") {
        return averaged(settings, Math.fround(rate * Math.fround(root / first)));
      }
      return moved(settings, Math.fround(Math.fround(rate * root) / first));
    },
  };
}

/** `m = b·m + (1 − b)·g`: stand-alone Keras 1 and 2. */
function averaged({ config }: OptimizerSettings, rate: number): Update {
  const [beta1, beta2] = [Math.fround(config.beta_1), Math.fround(config.beta_2)];
  const [rest1, rest2] = [Math.fround(1 - beta1), Math.fround(1 - beta2)];
  const epsilon = Math.fround(config.epsilon);
  return (weight, gradient, slots) => {
    const [m, v, hat] = [slotAt(slots, 0), slotAt(slots, 1), slots[2]];
    for (let i = 0; i < weight.length; i++) {
      const g = at(gradient, i);
      const square = Math.fround(g * g);
      m[i] = Math.fround(beta1 * at(m, i)) + Math.fround(rest1 * g);
      v[i] = Math.fround(beta2 * at(v, i)) + Math.fround(rest2 * square);
      const spread = hat === undefined ? at(v, i) : raise(hat, i, at(v, i));
      const below = Math.fround(Math.fround(Math.sqrt(spread)) + epsilon);
      weight[i] = at(weight, i) - Math.fround(Math.fround(rate * at(m, i)) / below);
    }
  };
}

/** `m += (g − m)·(1 − b)`: tf.keras and Keras 3. */
function moved(settings: OptimizerSettings, rate: number): Update {
  const { config } = settings;
  const [rest1, rest2] = [complement(settings, "beta_1"), complement(settings, "beta_2")];
  const epsilon = Math.fround(config.epsilon);
  return (weight, gradient, slots, squares) => {
    const [m, v, hat] = [slotAt(slots, 0), slotAt(slots, 1), slots[2]];
    for (let i = 0; i < weight.length; i++) {
      const g = at(gradient, i);
      const square = squareAt(gradient, squares, i);
      m[i] = at(m, i) + Math.fround(Math.fround(g - at(m, i)) * rest1);
      v[i] = at(v, i) + Math.fround(Math.fround(square - at(v, i)) * rest2);
      const spread = hat === undefined ? at(v, i) : raise(hat, i, at(v, i));
      const below = Math.fround(Math.fround(Math.sqrt(spread)) + epsilon);
      weight[i] = at(weight, i) - Math.fround(Math.fround(at(m, i) * rate) / below);
    }
  };
}

/** The largest value so far. */
function raise(hat: Float32Array, index: number, value: number): number {
  const most = Math.max(at(hat, index), value);
  hat[index] = most;
  return most;
}
