import type { PixelEdit } from "../edit/pixels.ts";
import type { Writable } from "./description-options.ts";
import type { FlagReader } from "./flag-reader.ts";

const BIASES = ["redBias", "greenBias", "blueBias", "grayBias"] as const;

/** What Core ML does to pixels, in single numbers. */
export type PixelNumbers = Pick<PixelEdit, (typeof BIASES)[number] | "imageScale">;

/** What the options say of the pixels of a Core ML model, the order of colours apart. */
export function pixelOptions(flags: FlagReader): PixelNumbers {
  const options: Writable<PixelNumbers> = {};
  for (const key of BIASES) {
    const number = flags.number(key);
    if (number !== undefined) options[key] = number;
  }
  const scale = flags.numberByName("imageScale");
  if (scale !== undefined) options.imageScale = scale;
  return options;
}
