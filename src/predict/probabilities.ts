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
