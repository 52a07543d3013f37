import { type Scored, scoreAt } from "./scored.ts";

/**
 * What keeps Keras' cross entropies from the logarithm of zero.
 * - `clip`: probabilities within 1e-7 of 0 and 1 are moved there: stand-alone Keras 1 and 2, and every Keras whose last
 *   layer is not itself the softmax or sigmoid.
 * - `logits`: tf.keras 2 and Keras 3 on TensorFlow look through a softmax or sigmoid to what came before, so nothing is clipped.
 * @see keras/backend/tensorflow_backend.py `categorical_crossentropy` (2.2.4); keras/src/backend/tensorflow/nn.py `_get_logits` (3)
 */
export type Clipping = "clip" | "logits";

/** How a loss is computed. */
export interface LossOptions {
  /** `clip` by default. */
  readonly clipping?: Clipping;
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
  const { clipping = "clip" } = options;
  return meanLoss(
    scored,
    options,
    (own, row) => -Math.log(clipping === "clip" ? clip(own / row) : Math.max(own / row, LEAST)),
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
  { clipping = "clip", penalty = 0 }: LossOptions = {},
): number {
  const bounded = clipping === "clip" ? clip : (value: number) => Math.max(value, LEAST);
  let total = 0;
  for (let i = 0; i < outputs.length; i++) {
    const [target, output] = [targets[i] ?? 0, outputs[i] ?? 0];
    const positive = bounded(output);
    const negative = clipping === "clip" ? 1 - positive : bounded(1 - output);
    total -= target * Math.log(positive) + (1 - target) * Math.log(negative);
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

function clip(value: number): number {
  return Math.min(MOST, Math.max(EPSILON, value));
}
