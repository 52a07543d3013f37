import {
  clip,
  EPSILON,
  isInside,
  LEAST,
  type MadeRowLoss,
  type RowLoss,
  type RowLossOptions,
  type Slopes,
  sigmoid,
  softmax,
  sumOf,
} from "./row-loss.ts";

/** Keras' cross entropies; targets of classes are one-hot. @see keras/src/backend.py (2.15); keras/src/backend/tensorflow/nn.py (3) */
export const CROSS_ENTROPIES: readonly (readonly [name: string, made: MadeRowLoss])[] = [
  [
    "categorical_crossentropy",
    (options) => (isWhole(options) ? entropyOfSoftmax(options) : divided),
  ],
  [
    "sparse_categorical_crossentropy",
    (options) => (isWhole(options) ? entropyOfSoftmax(options) : clippedFirst),
  ],
  ["binary_crossentropy", (options) => binary(options)],
  ["binary_focal_crossentropy", binaryFocal],
  ["categorical_focal_crossentropy", categoricalFocal],
];

function isWhole({ fromLogits = false, through = false }: RowLossOptions): boolean {
  return fromLogits || through;
}

/** Nothing is clipped; the slopes are those before the softmax. */
function entropyOfSoftmax({ through = false }: RowLossOptions): RowLoss {
  return (row, target, slopes) => {
    const p = through ? row : softmax(row);
    const total = sumOf(target, target, (t) => t);
    let loss = 0;
    for (let c = 0; c < row.length; c++) {
      const [t, own] = [target[c] ?? 0, p[c] ?? 0];
      loss -= t === 0 ? 0 : t * Math.log(Math.max(own, LEAST));
      if (slopes !== undefined) slopes[c] = own * total - t;
    }
    return loss;
  };
}

/** Rows are divided by their sums, then clipped. */
const divided: RowLoss = (row, target, slopes) =>
  ofShares(row, target, slopes, (q, t) => {
    const bounded = clip(q);
    return [-t * Math.log(bounded), isInside(q) ? -t / bounded : 0];
  });

/** Rows are clipped, then divided by their sums. */
const clippedFirst: RowLoss = (row, target, slopes) => {
  const bounded = Float64Array.from(row, clip);
  const sum = bounded.reduce((total, p) => total + p, 0);
  let loss = 0;
  bounded.forEach((p, c) => {
    const t = target[c] ?? 0;
    loss -= t * Math.log(p / sum);
    if (slopes !== undefined) slopes[c] = isInside(row[c] ?? 0) ? (p / sum - t) / p : 0;
  });
  return loss;
};

/** The sum over the shares of a row, whose losses and slopes are given. */
function ofShares(
  row: ArrayLike<number>,
  target: ArrayLike<number>,
  slopes: Slopes | undefined,
  one: (share: number, target: number, index: number) => readonly [loss: number, slope: number],
): number {
  const sum = sumOf(row, row, (p) => p);
  let along = 0;
  const loss = sumOf(row, target, (p, t, c) => {
    const [own, slope] = one(p / sum, t, c);
    if (slopes !== undefined) slopes[c] = slope;
    along += (slope * p) / sum;
    return own;
  });
  if (slopes !== undefined) {
    for (let c = 0; c < row.length; c++) slopes[c] = ((slopes[c] ?? 0) - along) / sum;
  }
  return loss;
}

/** A probability of logits, of the output, or of the output of a sigmoid that is looked through. */
interface Seen {
  /** The entropy with a target, and its slope where slopes begin. */
  entropy(target: number): readonly [loss: number, slope: number];
}

function seenBy(given: number, { fromLogits, through, clipping }: RowLossOptions): Seen {
  if (through === true || fromLogits === true) {
    const p = through === true ? given : sigmoid(given);
    return {
      entropy: (t) => [
        -t * Math.log(Math.max(p, LEAST)) - (1 - t) * Math.log(Math.max(1 - p, LEAST)),
        p - t,
      ],
    };
  }
  const added = clipping === "twice" ? EPSILON : 0;
  // TensorFlow makes `1 - p + epsilon` one constant less p, in float32.
  const [yes, no] = [clip(given) + added, Math.fround(1 + added) - clip(given)];
  return {
    entropy: (t) => [
      -t * Math.log(yes) - (1 - t) * Math.log(no),
      isInside(given) ? (1 - t) / no - t / yes : 0,
    ],
  };
}

function binary(options: RowLossOptions): RowLoss {
  return (row, target, slopes) => {
    const { length } = row;
    const sum = sumOf(row, target, (given, t, c) => {
      const [loss, slope] = seenBy(given, options).entropy(t);
      if (slopes !== undefined) slopes[c] = slope / length;
      return loss;
    });
    return sum / length;
  };
}

const [GAMMA, ALPHA] = [2, 0.25];

/** Entropies of what is sure already count little. Keras clips only the entropy, not what weighs it. */
function binaryFocal(options: RowLossOptions): RowLoss {
  const { numbers: { gamma = GAMMA, alpha = ALPHA } = {}, classBalancing = false } = options;
  const { fromLogits = false, through = false } = options;
  return (row, target, slopes) => {
    const { length } = row;
    const sum = sumOf(row, target, (given, t, c) => {
      const p = fromLogits ? sigmoid(given) : given;
      // The slope of p at the place where slopes begin.
      const steep = (fromLogits ? p * (1 - p) : 1) * (through ? given * (1 - given) : 1);
      const missed = 1 - (t * p + (1 - t) * (1 - p));
      const [factor, rise] = power(missed, gamma);
      const [entropy, slope] = seenBy(given, options).entropy(t);
      const weight = classBalancing ? t * alpha + (1 - t) * (1 - alpha) : 1;
      if (slopes !== undefined) {
        const ofFactor = rise * (1 - 2 * t) * steep * entropy;
        slopes[c] = (weight * (ofFactor + factor * slope)) / length;
      }
      return weight * factor * entropy;
    });
    return sum / length;
  };
}

function categoricalFocal({
  numbers: { gamma = GAMMA, alpha = ALPHA } = {},
  alphas,
  fromLogits = false,
}: RowLossOptions): RowLoss {
  return (row, target, slopes) => {
    const p = fromLogits ? softmax(row) : row;
    const loss = ofShares(p, target, slopes, (share, t, c) => {
      const q = clip(share);
      const weight = (alphas?.[c] ?? alpha) * t;
      const [factor, rise] = power(1 - q, gamma);
      const slope = rise * Math.log(q) - factor / q;
      return [-weight * factor * Math.log(q), isInside(share) ? weight * slope : 0];
    });
    if (fromLogits && slopes !== undefined) {
      const along = sumOf(p, p, (own, _, c) => own * (slopes[c] ?? 0));
      for (let c = 0; c < p.length; c++) slopes[c] = (p[c] ?? 0) * ((slopes[c] ?? 0) - along);
    }
    return loss;
  };
}

/** A power and its slope; of the power 0 the slope is 0 everywhere. */
function power(base: number, exponent: number): readonly [value: number, slope: number] {
  return [base ** exponent, exponent === 0 ? 0 : exponent * base ** (exponent - 1)];
}
