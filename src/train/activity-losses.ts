import { generationOf } from "./keras-generation.ts";

/** What the numbers of a batch, one for each sample, add to its loss: by which each counts. */
export function activityShare(version: string, samples: number): number {
  return isDivided(version) ? 1 / samples : 1;
}

/**
 * What regularizers of outputs add to the loss that `evaluate` gives, from what they add for each sample in the order of the data: where
 * batches count as a whole, it goes by their size.
 */
export function activityLoss(
  ofSamples: ArrayLike<number>,
  { version, batchSize }: { readonly version: string; readonly batchSize: number },
): number {
  const { length: samples } = ofSamples;
  let total = 0;
  for (let i = 0; i < samples; i++) {
    const own = Math.min(batchSize, samples - Math.floor(i / batchSize) * batchSize);
    total += (ofSamples[i] ?? 0) * own * activityShare(version, own);
  }
  return samples === 0 ? 0 : total / samples;
}

/**
 * Whether the sum over a batch is divided by its size.
 * @see `_handle_activity_regularization` of TensorFlow 1.12 and 2.15; keras/src/layers/layer.py `Layer.__call__` (3.13, 3.14)
 */
function isDivided(version: string): boolean {
  const { kind, major, minor } = generationOf(version);
  if (kind === "standalone") return false;
  if (kind === "tensorflow") return !(major === 2 && minor < 2);
  return major > 3 || minor >= 14;
}
