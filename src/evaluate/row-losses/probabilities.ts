import { EPSILON, type MadeRowLoss, meanOf, type RowLoss, sumOf } from "./row-loss.ts";

/** Keras' losses for probabilities and shares, cross entropies apart. @see keras/src/losses/losses.py (3) */
export const PROBABILITY_LOSSES: readonly (readonly [name: string, made: MadeRowLoss])[] = [
  ["kl_divergence", () => divergence],
  [
    "poisson",
    () =>
      meanOf(
        (p, t) => p - t * Math.log(p + EPSILON),
        (p, t) => 1 - t / (p + EPSILON),
      ),
  ],
  ["categorical_generalized_cross_entropy", ({ numbers = {} }) => generalized(numbers.q ?? 0.5)],
  ["dice", () => dice],
  ["tversky", ({ numbers: { alpha = 0.5, beta = 0.5 } = {} }) => tversky(alpha, beta)],
];

const divergence: RowLoss = (output, target, slopes) =>
  sumOf(output, target, (p, given, i) => {
    const [t, q] = [within(given), within(p)];
    if (slopes !== undefined) slopes[i] = p >= EPSILON && p <= 1 ? -t / q : 0;
    return t * Math.log(t / q);
  });

function within(value: number): number {
  return Math.min(1, Math.max(EPSILON, value));
}

/** Between cross entropy (`q` near 0) and absolute error (1). */
function generalized(q: number): RowLoss {
  return (output, target, slopes) => {
    const own = sumOf(output, target, (p, t) => p * t);
    if (slopes !== undefined) {
      for (let i = 0; i < output.length; i++) slopes[i] = -(target[i] ?? 0) * own ** (q - 1);
    }
    return (1 - own ** q) / q;
  };
}

/** How much of two areas they do not share. */
const dice: RowLoss = (output, target, slopes) => {
  const both = sumOf(output, target, (p, t) => p * t);
  const all = sumOf(output, target, (p, t) => p + t) + EPSILON;
  if (slopes !== undefined) {
    for (let i = 0; i < output.length; i++) {
      slopes[i] = (2 * both) / all ** 2 - (2 * (target[i] ?? 0)) / all;
    }
  }
  return 1 - (2 * both) / all;
};

/** The same with missed and false parts weighed apart. Keras calls what is missed false, and weighs it by `alpha`. */
function tversky(alpha: number, beta: number): RowLoss {
  return (output, target, slopes) => {
    const both = sumOf(output, target, (p, t) => p * t);
    const missed = sumOf(output, target, (p, t) => (1 - p) * t);
    const wrong = sumOf(output, target, (p, t) => p * (1 - t));
    const all = both + alpha * missed + beta * wrong + EPSILON;
    if (slopes !== undefined) {
      for (let i = 0; i < output.length; i++) {
        const t = target[i] ?? 0;
        const wider = t - alpha * t + beta * (1 - t);
        slopes[i] = (both * wider) / all ** 2 - t / all;
      }
    }
    return 1 - both / all;
  };
}
