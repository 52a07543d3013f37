import { affineMatrix } from "./affine-matrix.ts";
import { affineTransform, type FillOptions } from "./affine-transform.ts";
import { shiftBrightness } from "./brightness.ts";
import { extentOf, type FloatPixels } from "./float-pixels.ts";
import type { TransformParameters } from "./generator.ts";

/**
 * `ImageDataGenerator.apply_transform`: the picture turned, shifted, sheared and zoomed, then its numbers shifted, then
 * flipped, then made brighter. The picture that is given stays as it is.
 */
export function applyTransform(
  picture: FloatPixels,
  parameters: TransformParameters,
  options: FillOptions,
): FloatPixels {
  const matrix = affineMatrix(parameters, picture, options.version);
  let made = matrix === undefined ? picture : affineTransform(picture, matrix, options);
  const { channelShiftIntensity, brightness, flipHorizontal, flipVertical } = parameters;
  if (channelShiftIntensity !== undefined) made = shiftChannels(made, channelShiftIntensity);
  if (flipHorizontal || flipVertical) made = flipped(made, flipHorizontal, flipVertical);
  return brightness === undefined ? made : shiftBrightness(made, brightness, options.version);
}

/** Every number of every channel by as much, within the smallest and the largest that were there. */
function shiftChannels(picture: FloatPixels, intensity: number): FloatPixels {
  const [least, most] = extentOf(picture);
  const added = Math.fround(intensity);
  const data = new Float32Array(picture.data.length);
  for (let i = 0; i < data.length; i++) {
    const value = (picture.data[i] ?? 0) + added;
    data[i] = value < least ? least : value > most ? most : value;
  }
  return { ...picture, data };
}

function flipped(picture: FloatPixels, horizontal: boolean, vertical: boolean): FloatPixels {
  const { width, height, channels, data } = picture;
  const result = new Float32Array(data.length);
  for (let y = 0, to = 0; y < height; y++) {
    const row = (vertical ? height - 1 - y : y) * width;
    for (let x = 0; x < width; x++) {
      const from = (row + (horizontal ? width - 1 - x : x)) * channels;
      for (let channel = 0; channel < channels; channel++) result[to++] = data[from + channel] ?? 0;
    }
  }
  return { ...picture, data: result };
}
