import type { Pixels } from "../pixels.ts";

/** Pixels as `img_to_array` has them: float32 numbers from 0 to 255, row by row, the channels side by side. */
export interface FloatPixels {
  readonly width: number;
  readonly height: number;
  readonly channels: Pixels["channels"];
  readonly data: Float32Array;
}

/** The same picture in float32. */
export function floatPixels({ width, height, channels, data }: Pixels): FloatPixels {
  return { width, height, channels, data: Float32Array.from(data) };
}

/** The smallest and the largest number of a picture. */
export function extentOf({ data }: FloatPixels): readonly [least: number, most: number] {
  let [least, most] = [data[0] ?? 0, data[0] ?? 0];
  for (let i = 1; i < data.length; i++) {
    const value = data[i] ?? 0;
    if (value < least) least = value;
    else if (value > most) most = value;
  }
  return [least, most];
}
