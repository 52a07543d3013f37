/** What is taken off the numbers of each picture: nothing, their mean, or that and their deviation. */
export type Samplewise = "none" | "center" | "deviation";

/**
 * Keras' `samplewise_center` and `samplewise_std_normalization` (which implies the former), over all numbers of one prepared
 * picture; in place. Sums are of float64, so the last digits may differ from numpy's.
 */
export function standardize(numbers: Float32Array, samplewise: Samplewise): Float32Array {
  if (samplewise === "none" || numbers.length === 0) return numbers;
  let sum = 0;
  for (const value of numbers) sum += value;
  const mean = Math.fround(sum / numbers.length);
  let squares = 0;
  for (let i = 0; i < numbers.length; i++) {
    const centered = Math.fround((numbers[i] ?? 0) - mean);
    squares += centered * centered;
    numbers[i] = centered;
  }
  if (samplewise === "center") return numbers;
  const deviation = Math.fround(Math.fround(Math.sqrt(squares / numbers.length)) + 1e-6);
  for (let i = 0; i < numbers.length; i++) numbers[i] = (numbers[i] ?? 0) / deviation;
  return numbers;
}
