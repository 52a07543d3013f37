import { extentOf, type FloatPixels } from "./float-pixels.ts";
import type { GeneratorVersion } from "./generator.ts";

/**
 * Pillow's `ImageEnhance.Brightness` as Keras calls it: the numbers become whole ones from 0 to 255, each is multiplied and
 * loses its fraction. Alpha stays. The old generators stretch every picture so that its largest number is 255, those from
 * 1.1.1 on also so that its smallest is 0; the later one only what lies outside 0 to 255, and back afterwards. @see libImaging/Blend.c
 */
export function shiftBrightness(
  picture: FloatPixels,
  brightness: number,
  version: GeneratorVersion,
): FloatPixels {
  const { channels, data } = picture;
  const [least, most] = extentOf(picture);
  const isOld = version !== "keras-2.9";
  const stretches = isOld || least < 0 || most > 255;
  const start = startOf(least, version);
  const range = Math.fround(most - start);
  const factor = Math.fround(brightness);
  const hasAlpha = channels === 2 || channels === 4;
  const result = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    let value = data[i] ?? 0;
    if (stretches) {
      value = Math.fround(value - start);
      if (range !== 0) value = Math.fround(value / range);
      value = Math.fround(value * 255);
    }
    const level = Math.trunc(value);
    const isAlpha = hasAlpha && (i + 1) % channels === 0;
    const shown = isAlpha ? level : enhanced(level, factor);
    result[i] = stretches && !isOld ? Math.fround(Math.fround(shown / 255) * range) + start : shown;
  }
  return { ...picture, data: result };
}

/** The level that becomes 0 where a picture is stretched. */
export function startOf(least: number, version: GeneratorVersion): number {
  return version === "keras-preprocessing" ? Math.min(least, 0) : least;
}

function enhanced(level: number, factor: number): number {
  const value = Math.fround(level * factor);
  return value <= 0 ? 0 : value >= 255 ? 255 : Math.trunc(value);
}
