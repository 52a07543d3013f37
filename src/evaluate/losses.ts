import { type Scored, scoreAt } from "./scored.ts";

/**
 * What keeps Keras' cross entropies from the logarithm of zero.
 * - `clip`: probabilities within 1e-7 of 0 and 1 are moved there: stand-alone Keras 1 and 2, and every Keras whose last
 *   layer is not itself the softmax or sigmoid.
 * - `clip-twice`: the same of tf.keras 2, whose binary cross entropy adds 1e-7 to what was clipped.
 * - `logits`: tf.keras 2 and Keras 3 on TensorFlow look through a softmax or sigmoid to what came before, so nothing is clipped.
 * @see keras/backend/tensorflow_backend.py `categorical_crossentropy` (2.2.4); keras/src/backend.py `binary_crossentropy` (2.15);
 *   keras/src/backend/tensorflow/nn.py `_get_logits` (3)
 */
export type Clipping = "clip" | "clip-twice" | "logits";

/** How a loss is computed. */
export interface LossOptions {
  /** `clip` by default. */
  readonly clipping?: Clipping;
  /** For the clipping `logits`: what the softmax or sigmoid was given, row by row. Without, the probabilities must do. */
  readonly logits?: ArrayLike<number>;
  /** Penalties of the weights (L1, L2), which Keras adds to the loss of `evaluate`. */
  readonly penalty?: number;
}

/** Keras' `epsilon()`, as float32 has it. */
const EPSILON = Math.fround(1e-7);
const MOST = Math.fround(1 - EPSILON);
/** The smallest float32 above zero: further down, `logits` cannot be told from probabilities. */
const LEAST = 2 ** -149;

/** Keras' `categorical_crossentropy`, averaged over the samples: rows are divided by their sums, then clipped. */
export function categoricalCrossEntropy(scored: Scored, options: LossOptions = {}): number {
  const { clipping = "clip", logits } = options;
  if (clipping !== "logits")
    return meanLoss(scored, options, (own, row) => -Math.log(clip(own / row)));
  if (logits === undefined) {
    return meanLoss(scored, options, (own, row) => -Math.log(Math.max(own / row, LEAST)));
  }
  const { classes, truth } = scored;
  return meanLoss(scored, options, (_own, _row, sample) =>
    lossOfLogits(logits, classes.length, sample, truth[sample] ?? 0),
  );
}

/**
 * Keras' `sparse_categorical_crossentropy`: scores are clipped first, and then divided by their sum.
 * @see keras/backend/tensorflow_backend.py `sparse_categorical_crossentropy` (2.2.4), whose logarithms go into a softmax
 */
export function sparseCategoricalCrossEntropy(scored: Scored, options: LossOptions = {}): number {
  if (options.clipping === "logits") return categoricalCrossEntropy(scored, options);
  const { classes, scores } = scored;
  return meanLoss(scored, options, (own, _, sample) => {
    let total = 0;
    for (let c = 0; c < classes.length; c++) {
      total += clip(scoreAt(scores, sample, classes.length, c));
    }
    return Math.log(total) - Math.log(clip(own));
  });
}

/**
 * Keras' `binary_crossentropy` over outputs of sigmoids and their targets of 0 or 1, both sample by sample; the mean of
 * all outputs.
 */
export function binaryCrossEntropy(
  targets: ArrayLike<number>,
  outputs: ArrayLike<number>,
  { clipping = "clip", penalty = 0, logits }: LossOptions = {},
): number {
  const isClipped = clipping !== "logits";
  const bounded = isClipped ? clip : (value: number) => Math.max(value, LEAST);
  const added = clipping === "clip-twice" ? EPSILON : 0;
  // TensorFlow makes `1 - p + epsilon` one constant less p, in float32.
  const one = clipping === "clip-twice" ? Math.fround(1 + EPSILON) : 1;
  let total = 0;
  for (let i = 0; i < outputs.length; i++) {
    const [target, output] = [targets[i] ?? 0, outputs[i] ?? 0];
    if (!isClipped && logits !== undefined) {
      const x = logits[i] ?? 0;
      total += Math.max(x, 0) - x * target + Math.log1p(Math.exp(-Math.abs(x)));
      continue;
    }
    const positive = bounded(output);
    const negative = isClipped ? one - positive : bounded(1 - output);
    total -= target * Math.log(positive + added) + (1 - target) * Math.log(negative);
  }
  return total / outputs.length + penalty;
}

/** Keras' `mean_squared_error`: the mean over all outputs of all samples. */
export function meanSquaredError(
  targets: ArrayLike<number>,
  outputs: ArrayLike<number>,
  { penalty = 0 }: LossOptions = {},
): number {
  let total = 0;
  for (let i = 0; i < outputs.length; i++) total += ((targets[i] ?? 0) - (outputs[i] ?? 0)) ** 2;
  return total / outputs.length + penalty;
}

/** Keras' `mean_absolute_error`: the mean over all outputs of all samples. */
export function meanAbsoluteError(
  targets: ArrayLike<number>,
  outputs: ArrayLike<number>,
  { penalty = 0 }: LossOptions = {},
): number {
  let total = 0;
  for (let i = 0; i < outputs.length; i++) total += Math.abs((targets[i] ?? 0) - (outputs[i] ?? 0));
  return total / outputs.length + penalty;
}

/**
 * Cross entropy of rows divided by their sums, clipped only where double precision ends.
 * @see sklearn.metrics.log_loss
 */
export function logLoss(scored: Scored): number {
  const least = Number.EPSILON;
  return meanLoss(
    scored,
    {},
    (own, row) => -Math.log(Math.min(1 - least, Math.max(least, own / row))),
  );
}

/**
 * Squared distance between probabilities and truth; of two classes, that of the second alone.
 * @see sklearn.metrics.brier_score_loss
 */
export function brierScore({ classes, truth, scores }: Scored): number {
  let total = 0;
  for (let sample = 0; sample < truth.length; sample++) {
    for (let c = 0; c < classes.length; c++) {
      const target = truth[sample] === c ? 1 : 0;
      total += (scoreAt(scores, sample, classes.length, c) - target) ** 2;
    }
  }
  return total / truth.length / (classes.length === 2 ? 2 : 1);
}

function meanLoss(
  { classes, truth, scores }: Scored,
  { penalty = 0 }: LossOptions,
  lossOf: (own: number, row: number, sample: number) => number,
): number {
  let total = 0;
  for (let sample = 0; sample < truth.length; sample++) {
    let row = 0;
    for (let c = 0; c < classes.length; c++) row += scoreAt(scores, sample, classes.length, c);
    total += lossOf(scoreAt(scores, sample, classes.length, truth[sample] ?? 0), row, sample);
  }
  return total / truth.length + penalty;
}

/** The negative logarithm of a softmax's share, without computing the softmax. */
function lossOfLogits(
  logits: ArrayLike<number>,
  count: number,
  sample: number,
  own: number,
): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < count; c++) largest = Math.max(largest, scoreAt(logits, sample, count, c));
  let sum = 0;
  for (let c = 0; c < count; c++) sum += Math.exp(scoreAt(logits, sample, count, c) - largest);
  return largest + Math.log(sum) - scoreAt(logits, sample, count, own);
}

function clip(value: number): number {
  return Math.min(MOST, Math.max(EPSILON, value));
}
