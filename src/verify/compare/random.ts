import type { Pixels } from "../../image/pixels.ts";

/** The next of a row of numbers from 0 up to 1. */
export type Random = () => number;

/** Numbers that depend on the seed only. @see Tommy Ettinger's Mulberry32 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A picture of a few large patches of colour under noise: unlike plain noise, every one gives another result. */
export function randomPixels(
  random: Random,
  width: number,
  height: number,
  channels: 1 | 3,
): Pixels {
  const patches = Array.from({ length: PATCHES * PATCHES * channels }, () => random() * 255);
  const pixels = new Uint8Array(width * height * channels);
  let at = 0;
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * PATCHES) / height);
    for (let x = 0; x < width; x++) {
      const patch = row * PATCHES + Math.floor((x * PATCHES) / width);
      for (let c = 0; c < channels; c++) {
        const value = (patches[patch * channels + c] ?? 0) + (random() - 0.5) * NOISE;
        pixels[at++] = Math.min(Math.max(Math.round(value), 0), 255);
      }
    }
  }
  return { width, height, channels, data: pixels };
}

const PATCHES = 4;
const NOISE = 96;
