import { fail } from "../errors.ts";

/** What a classifier said of samples whose class is known. */
export interface Scored {
  /** Class names by number. */
  readonly classes: readonly string[];
  /** The true class of each sample. */
  readonly truth: ArrayLike<number>;
  /** One score for each class, sample by sample. */
  readonly scores: ArrayLike<number>;
}

/**
 * Checks that scores, classes and truth fit each other. Throws `bad-shape` where they do not, or for no samples;
 * `bad-weights` for a score that is no number.
 */
export function checkScored(scored: Scored): Scored {
  const { classes, truth, scores } = scored;
  if (truth.length === 0) return fail("bad-shape", "There is no sample to evaluate.");
  if (classes.length < 2) {
    return fail("bad-shape", `There is ${classes.length} class, expected at least 2.`, {
      hint: "A model with one sigmoid output has two classes: see scoresOfSigmoid.",
    });
  }
  if (scores.length !== truth.length * classes.length) {
    return fail(
      "bad-shape",
      `There are ${scores.length / truth.length} scores for each sample, but ${classes.length} classes.`,
    );
  }
  for (let i = 0; i < truth.length; i++) {
    const label = truth[i] ?? -1;
    if (!Number.isInteger(label) || label < 0 || label >= classes.length) {
      return fail(
        "bad-shape",
        `Sample ${i} is of class ${label}, expected 0 to ${classes.length - 1}.`,
      );
    }
  }
  for (let i = 0; i < scores.length; i++) {
    if (!Number.isFinite(scores[i])) {
      const sample = Math.floor(i / classes.length);
      return fail("bad-weights", `The model gives ${scores[i]} for sample ${sample}.`, {
        hint: "Do its weights hold NaN? kc inspect tells.",
      });
    }
  }
  return scored;
}

/** The scores of both classes from the one output of a sigmoid, which is the probability of the second. */
export function scoresOfSigmoid(probabilities: ArrayLike<number>): Float64Array {
  const result = new Float64Array(probabilities.length * 2);
  for (let i = 0; i < probabilities.length; i++) {
    const positive = probabilities[i] ?? 0;
    result[i * 2] = 1 - positive;
    result[i * 2 + 1] = positive;
  }
  return result;
}

/** The class with the highest score of each sample; the first of equals, as numpy's `argmax`. */
export function predictedClasses({ classes, truth, scores }: Scored): Int32Array {
  return Int32Array.from({ length: truth.length }, (_, sample) => {
    let best = 0;
    for (let c = 1; c < classes.length; c++) {
      if (
        scoreAt(scores, sample, classes.length, c) > scoreAt(scores, sample, classes.length, best)
      )
        best = c;
    }
    return best;
  });
}

/** The score of one class of one sample. */
export function scoreAt(
  scores: ArrayLike<number>,
  sample: number,
  numClasses: number,
  label: number,
): number {
  return scores[sample * numClasses + label] ?? 0;
}

/** The scores of one class, sample by sample. */
export function scoresOf({ classes, truth, scores }: Scored, label: number): Float64Array {
  return Float64Array.from({ length: truth.length }, (_, sample) =>
    scoreAt(scores, sample, classes.length, label),
  );
}

/** How many samples each class has. */
export function supportOf({ classes, truth }: Scored): readonly number[] {
  const counts = classes.map(() => 0);
  for (let i = 0; i < truth.length; i++) {
    const label = truth[i] ?? 0;
    counts[label] = (counts[label] ?? 0) + 1;
  }
  return counts;
}

/**
 * Share of the samples whose true class is among the `k` best; classes with an equal score do not push it out, as in
 * Keras' `top_k_categorical_accuracy`.
 */
export function topKAccuracy({ classes, truth, scores }: Scored, k: number): number {
  let hits = 0;
  for (let sample = 0; sample < truth.length; sample++) {
    const own = scoreAt(scores, sample, classes.length, truth[sample] ?? 0);
    let better = 0;
    for (let c = 0; c < classes.length; c++) {
      if (scoreAt(scores, sample, classes.length, c) > own) better += 1;
    }
    if (better < k) hits += 1;
  }
  return hits / truth.length;
}
