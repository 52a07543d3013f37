import type { Diagnostic } from "../errors.ts";
import { scoresOfSigmoid } from "../evaluate/index.ts";

/**
 * Rows of probabilities, one for each class, from what a model gives: one output is the probability of the second of two
 * classes; logits go through a sigmoid or softmax first. Softmax outputs stay bit for bit as they are.
 */
export function probabilitiesOf(
  scores: ArrayLike<number>,
  outputs: number,
  fromLogits: boolean,
): Float64Array {
  if (outputs === 1) {
    const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
    return scoresOfSigmoid(Array.from(scores, fromLogits ? sigmoid : (x) => x));
  }
  const rows = Float64Array.from(scores);
  if (!fromLogits) return rows;
  for (let at = 0; at < rows.length; at += outputs) {
    const row = rows.subarray(at, at + outputs);
    const largest = row.reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY);
    let sum = 0;
    for (let i = 0; i < outputs; i++) {
      const value = Math.exp((row[i] ?? 0) - largest);
      row[i] = value;
      sum += value;
    }
    for (let i = 0; i < outputs; i++) row[i] = (row[i] ?? 0) / sum;
  }
  return rows;
}

/** A warning where what counts as probabilities cannot be any: most often logits that the file does not call so. */
export function warnOfScores(scores: ArrayLike<number>): readonly Diagnostic[] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const score of Array.from(scores)) {
    least = Math.min(least, score);
    most = Math.max(most, score);
  }
  if (scores.length === 0 || (least > -SLACK && most < 1 + SLACK)) return [];
  const range = `${Number(least.toPrecision(3))} to ${Number(most.toPrecision(3))}`;
  return [
    {
      code: "bad-option",
      text: `The model's scores are no probabilities: they go from ${range}. Percentages of them and the calibration mean nothing.`,
      hint: "The model ends without softmax or sigmoid, and its file does not say that it gives logits.",
      at: {},
    },
  ];
}

/** Rounding. */
const SLACK = 1e-3;
