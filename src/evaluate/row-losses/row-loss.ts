/**
 * How far one row of outputs is from its targets, both of equal length. Where `slopes` are given, the slope at each number of the
 * row is written there.
 */
export type RowLoss = (
  output: ArrayLike<number>,
  target: ArrayLike<number>,
  slopes?: Slopes,
) => number;

/** One number for each of a row. */
export interface Slopes {
  [index: number]: number;
}

/** What a loss depends on besides its name: arguments of Keras, and what its generations do differently. */
export interface RowLossOptions {
  /** The row holds logits instead of probabilities. */
  readonly fromLogits?: boolean;
  /**
   * Cross entropies only: the row comes from a softmax or sigmoid which Keras looks through, so nothing is clipped, and slopes are those
   * before it.
   */
  readonly through?: boolean;
  /** tf.keras 2 adds 1e-7 to what its binary cross entropies have clipped; by default not. */
  readonly clipping?: "once" | "twice";
  /** Keras up to 2.0.8 has the mean of a cosine's products, later ones the sum; by default the sum. */
  readonly cosine?: "sum" | "mean";
  /** Stand-alone Keras has no slope where a categorical hinge is exactly 0, later ones have; by default the latter. */
  readonly atZero?: "flat" | "steep";
  /** Numbers that the loss was made with, as Keras calls them: `delta`, `gamma`, `alpha`, `beta`, `q`. */
  readonly numbers?: Readonly<Record<string, number>>;
  /** An `alpha` for each class. */
  readonly alphas?: readonly number[];
  /** A binary focal loss weighs positives by `alpha` and negatives by the rest; by default not. */
  readonly classBalancing?: boolean;
}

/** Makes a loss. */
export type MadeRowLoss = (options: RowLossOptions) => RowLoss;

/** Keras' `epsilon()`, as float32 has it. */
export const EPSILON = Math.fround(1e-7);

/** The most that a clipped probability can be. */
const MOST = Math.fround(1 - EPSILON);

/** The smallest float32 above zero: further down, logarithms are those of zero. */
export const LEAST = 2 ** -149;

/** A number for an output and its target. */
type Scalar = (output: number, target: number) => number;

/** The mean over all numbers of a row, from the loss of one and its slope. */
export function meanOf(loss: Scalar, slope: Scalar): RowLoss {
  return (output, target, slopes) => {
    const { length } = output;
    let sum = 0;
    for (let i = 0; i < length; i++) {
      const [p, t] = [output[i] ?? 0, target[i] ?? 0];
      sum += loss(p, t);
      if (slopes !== undefined) slopes[i] = slope(p, t) / length;
    }
    return sum / length;
  };
}

/** The sum of a number for each output and its target. */
export function sumOf(
  output: ArrayLike<number>,
  target: ArrayLike<number>,
  one: (output: number, target: number, index: number) => number,
): number {
  let sum = 0;
  for (let i = 0; i < output.length; i++) sum += one(output[i] ?? 0, target[i] ?? 0, i);
  return sum;
}

/** Within what the logarithms of Keras are given. */
export function clip(value: number): number {
  return Math.min(MOST, Math.max(EPSILON, value));
}

/** Whether clipping leaves a number, and with it its slope. */
export function isInside(value: number): boolean {
  return value >= EPSILON && value <= MOST;
}

/** Rows of shares that are 1 together. */
export function softmax(row: ArrayLike<number>): Float64Array {
  const most = Math.max(...Array.from(row));
  const powers = Float64Array.from(row, (value) => Math.exp(value - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** The probability of a logit. */
export function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
