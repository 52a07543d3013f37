import { type MadeRowLoss, meanOf, type RowLoss, sumOf } from "./row-loss.ts";

/** Keras' hinges; targets are -1 and 1, of the categorical one 0 and 1. */
export const HINGES: readonly (readonly [name: string, made: MadeRowLoss])[] = [
  [
    "hinge",
    () =>
      meanOf(
        (p, t) => Math.max(0, 1 - t * p),
        (p, t) => (1 - t * p >= 0 ? -t : 0),
      ),
  ],
  [
    "squared_hinge",
    () =>
      meanOf(
        (p, t) => Math.max(0, 1 - t * p) ** 2,
        (p, t) => -2 * t * Math.max(0, 1 - t * p),
      ),
  ],
  ["categorical_hinge", categoricalHinge],
];

/**
 * Targets of a batch as tf.keras, Keras 2.3 and Keras 3 take them: where all are 0 or 1, they become -1 and 1.
 * @see keras/src/losses/losses.py `convert_binary_labels_to_hinge`
 */
export function hingeTargets(targets: Float32Array): Float32Array {
  return targets.every((t) => t === 0 || t === 1) ? targets.map((t) => 2 * t - 1) : targets;
}

/** The most wrong class against the right ones. Of equals, each has a part of the slope, as TensorFlow has it. */
function categoricalHinge({ atZero = "steep" }: Parameters<MadeRowLoss>[0]): RowLoss {
  return (output, target, slopes) => {
    const right = sumOf(output, target, (p, t) => p * t);
    const wrong = Array.from(output, (p, i) => (1 - (target[i] ?? 0)) * p);
    const most = Math.max(...wrong);
    const far = most - right + 1;
    if (slopes !== undefined) {
      const open = atZero === "steep" ? far >= 0 : far > 0;
      const equals = wrong.filter((one) => one === most).length;
      wrong.forEach((one, i) => {
        const t = target[i] ?? 0;
        slopes[i] = open ? (one === most ? (1 - t) / equals : 0) - t : 0;
      });
    }
    return Math.max(0, far);
  };
}
