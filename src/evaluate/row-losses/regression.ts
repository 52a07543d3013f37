import { EPSILON, type MadeRowLoss, meanOf, type RowLoss, sumOf } from "./row-loss.ts";

/** Keras' losses for numbers of any size. @see keras/losses.py (2.2.4); keras/src/losses.py (2.15); keras/src/losses/losses.py (3) */
export const REGRESSION_LOSSES: readonly (readonly [name: string, made: MadeRowLoss])[] = [
  [
    "mean_squared_error",
    () =>
      meanOf(
        (p, t) => (p - t) ** 2,
        (p, t) => 2 * (p - t),
      ),
  ],
  [
    "mean_absolute_error",
    () =>
      meanOf(
        (p, t) => Math.abs(p - t),
        (p, t) => Math.sign(p - t),
      ),
  ],
  ["mean_absolute_percentage_error", () => percentage],
  ["mean_squared_logarithmic_error", () => logarithmic],
  ["log_cosh", () => logCosh],
  ["huber", huber],
  ["cosine_similarity", cosine],
];

const percentage = meanOf(
  (p, t) => (100 * Math.abs(t - p)) / sizeOf(t),
  (p, t) => (100 * Math.sign(p - t)) / sizeOf(t),
);

function sizeOf(target: number): number {
  return Math.max(Math.abs(target), EPSILON);
}

const logarithmic = meanOf(
  (p, t) => (logOf(p) - logOf(t)) ** 2,
  (p, t) => (p >= EPSILON ? (2 * (logOf(p) - logOf(t))) / (p + 1) : 0),
);

function logOf(value: number): number {
  return Math.log(Math.max(value, EPSILON) + 1);
}

const logCosh = meanOf(
  (p, t) => {
    const x = Math.abs(p - t);
    return x + Math.log1p(Math.exp(-2 * x)) - Math.LN2;
  },
  (p, t) => Math.tanh(p - t),
);

function huber({ numbers = {} }: Parameters<MadeRowLoss>[0]): RowLoss {
  const delta = Math.fround(numbers.delta ?? 1);
  return meanOf(
    (p, t) => {
      const off = Math.abs(p - t);
      return off <= delta ? 0.5 * off * off : delta * off - 0.5 * delta * delta;
    },
    (p, t) => (Math.abs(p - t) <= delta ? p - t : delta * Math.sign(p - t)),
  );
}

/** Both rows are made one long before they are multiplied; the nearer, the smaller. @see tf.nn.l2_normalize */
function cosine({ cosine: way = "sum" }: Parameters<MadeRowLoss>[0]): RowLoss {
  return (output, target, slopes) => {
    const [long, wide] = [squaresOf(output), squaresOf(target)];
    const own = 1 / Math.sqrt(Math.max(long, SHORT));
    const other = 1 / Math.sqrt(Math.max(wide, SHORT));
    const share = way === "mean" ? 1 / output.length : 1;
    const alike = sumOf(output, target, (p, t) => p * own * t * other);
    if (slopes !== undefined) {
      const along = long >= SHORT ? alike : 0;
      for (let i = 0; i < output.length; i++) {
        const away = (target[i] ?? 0) * other - along * (output[i] ?? 0) * own;
        slopes[i] = -share * own * away;
      }
    }
    return -share * alike;
  };
}

const SHORT = 1e-12;

function squaresOf(row: ArrayLike<number>): number {
  return sumOf(row, row, (value) => value * value);
}
