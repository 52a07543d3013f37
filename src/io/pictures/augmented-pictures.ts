import { readFileSync } from "node:fs";
import { applyTransform } from "../../image/augment/apply-transform.ts";
import { type Augmentation, drawTransform } from "../../image/augment/augmentation.ts";
import { floatPixels } from "../../image/augment/float-pixels.ts";
import { fitPicture, type LoadOptions } from "../../image/load.ts";
import type { Pixels } from "../../image/pixels.ts";
import { randomAt } from "../../random.ts";
import type { PictureDecoder } from "./decoder.ts";

/** Which changes are shown. */
export interface AugmentedOptions extends LoadOptions {
  readonly augmentation: Augmentation;
  readonly seed: number;
  /** The number of the picture in its set. */
  readonly sample: number;
  readonly epochs: number;
}

/**
 * A picture as it is loaded, and as the first epochs of a training with the same seed show it to the model; levels are
 * rounded. Throws what decoding throws, and what reading throws.
 */
export async function augmentedPictures(
  decoder: PictureDecoder,
  path: string,
  options: AugmentedOptions,
): Promise<readonly Pixels[]> {
  const { augmentation, seed, sample: item, epochs } = options;
  const loaded = fitPicture(await decoder.decode(readFileSync(path), path), options);
  const numbers = floatPixels(loaded);
  const changed = Array.from({ length: epochs }, (_, time): Pixels => {
    const random = randomAt(seed, { purpose: "augmentation", time, item });
    const transform = drawTransform(augmentation, loaded, random);
    const { data } = applyTransform(numbers, transform, augmentation);
    return { ...loaded, data: Uint8Array.from(Uint8ClampedArray.from(data)) };
  });
  return [loaded, ...changed];
}
