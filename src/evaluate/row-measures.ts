/** How far one row of outputs is from its targets; both of equal length. */
export type RowMeasure = (output: ArrayLike<number>, target: ArrayLike<number>) => number;

/** What a measure depends on besides its name. */
export interface RowMeasureOptions {
  /** Stand-alone Keras takes targets of hinges as they are, later ones turn 0 and 1 into -1 and 1; by default the latter. */
  readonly hinges?: "as-they-are" | "from-0-and-1";
  /** tf.keras 2 adds 1e-7 to what its binary cross entropy has clipped; by default not. */
  readonly clipping?: "once" | "twice";
  /** Numbers that the loss was made with, as Keras calls them: `delta`, `gamma`, `alpha`. */
  readonly settings?: Readonly<Record<string, number>>;
}

/**
 * Keras' losses that look at one row after the other, cross entropies apart; undefined for a name that is none of them.
 * @see keras/losses.py (2.2.4); keras/src/losses/losses.py (2.15 and 3)
 */
export function rowMeasure(name: string, options: RowMeasureOptions = {}): RowMeasure | undefined {
  return MEASURES.get(ALIASES.get(name) ?? name)?.(options);
}

const EPSILON = Math.fround(1e-7);
const MOST = Math.fround(1 - EPSILON);
const DELTA = 1;
const [GAMMA, ALPHA] = [2, 0.25];

type Made = (options: RowMeasureOptions) => RowMeasure;

function elementwise(measure: (output: number, target: number) => number): Made {
  return () => meanOf(measure);
}

function meanOf(measure: (output: number, target: number) => number): RowMeasure {
  return (output, target) => sumOf(output, target, measure) / output.length;
}

function sumOf(
  output: ArrayLike<number>,
  target: ArrayLike<number>,
  measure: (output: number, target: number) => number,
): number {
  let sum = 0;
  for (let i = 0; i < output.length; i++) sum += measure(output[i] ?? 0, target[i] ?? 0);
  return sum;
}

const percentage = elementwise((p, t) => (100 * Math.abs(t - p)) / Math.max(Math.abs(t), EPSILON));

const logarithmic = elementwise((p, t) => (logOf(p) - logOf(t)) ** 2);

function logOf(value: number): number {
  return Math.log(Math.max(value, EPSILON) + 1);
}

const logCosh = elementwise((p, t) => {
  const x = p - t;
  return Math.abs(x) + Math.log1p(Math.exp(-2 * Math.abs(x))) - Math.LN2;
});

/** Both rows are made one long before they are multiplied; the nearer, the smaller. @see tf.nn.l2_normalize */
const cosine: Made = () => (output, target) => {
  const squares = (row: ArrayLike<number>) => sumOf(row, row, (value) => value * value);
  const product = sumOf(output, target, (p, t) => p * t);
  const lengths = Math.max(squares(output), 1e-12) * Math.max(squares(target), 1e-12);
  return -product / Math.sqrt(lengths);
};

function hinge(power: 1 | 2): Made {
  return ({ hinges = "from-0-and-1" }) =>
    (output, target) => {
      const are01 = Array.from(target).every((t) => t === 0 || t === 1);
      const turned = hinges === "from-0-and-1" && are01;
      const far = meanOf((p, t) => Math.max(0, 1 - (turned ? 2 * t - 1 : t) * p) ** power);
      return far(output, target);
    };
}

const categoricalHinge: Made = () => (output, target) => {
  const own = sumOf(output, target, (p, t) => p * t);
  const other = Math.max(...Array.from(output, (p, i) => (1 - (target[i] ?? 0)) * p));
  return Math.max(0, other - own + 1);
};

const divergence: Made = () => (output, target) =>
  sumOf(output, target, (p, t) => within(t) * Math.log(within(t) / within(p)));

function within(value: number): number {
  return Math.min(1, Math.max(EPSILON, value));
}

const huber: Made = ({ settings: { delta = DELTA } = {} }) =>
  meanOf((p, t) => {
    const off = Math.abs(p - t);
    return off <= delta ? 0.5 * off * off : delta * off - 0.5 * delta * delta;
  });

const categoricalFocal: Made =
  ({ settings: { alpha = ALPHA, gamma = GAMMA } = {} }) =>
  (output, target) => {
    const sum = sumOf(output, output, (p) => p);
    return sumOf(output, target, (p, t) => {
      const q = Math.min(MOST, Math.max(EPSILON, p / sum));
      return -alpha * (1 - q) ** gamma * t * Math.log(q);
    });
  };

const binaryFocal: Made = ({ clipping, settings: { gamma = GAMMA } = {} }) => {
  const added = clipping === "twice" ? EPSILON : 0;
  return meanOf((p, t) => {
    const q = Math.min(MOST, Math.max(EPSILON, p));
    const own = t * q + (1 - t) * (1 - q);
    const entropy = t * Math.log(q + added) + (1 - t) * Math.log(1 - q + added);
    return -((1 - own) ** gamma) * entropy;
  });
};

const MEASURES: ReadonlyMap<string, Made> = new Map([
  ["mean_squared_error", elementwise((p, t) => (p - t) ** 2)],
  ["mean_absolute_error", elementwise((p, t) => Math.abs(p - t))],
  ["mean_absolute_percentage_error", percentage],
  ["mean_squared_logarithmic_error", logarithmic],
  ["log_cosh", logCosh],
  ["cosine_similarity", cosine],
  ["hinge", hinge(1)],
  ["squared_hinge", hinge(2)],
  ["categorical_hinge", categoricalHinge],
  ["kl_divergence", divergence],
  ["poisson", elementwise((p, t) => p - t * Math.log(p + EPSILON))],
  ["huber", huber],
  ["categorical_focal_crossentropy", categoricalFocal],
  ["binary_focal_crossentropy", binaryFocal],
]);

const ALIASES: ReadonlyMap<string, string> = new Map([
  ["mse", "mean_squared_error"],
  ["mae", "mean_absolute_error"],
  ["mape", "mean_absolute_percentage_error"],
  ["msle", "mean_squared_logarithmic_error"],
  ["logcosh", "log_cosh"],
  ["log_cosh_error", "log_cosh"],
  ["cosine", "cosine_similarity"],
  ["cosine_proximity", "cosine_similarity"],
  ["kld", "kl_divergence"],
  ["kullback_leibler_divergence", "kl_divergence"],
  ["huber_loss", "huber"],
]);
