import { PRECISION, type Taps } from "./filters.ts";
import type { Pixels } from "./pixels.ts";

const HALF = 2 ** (PRECISION - 1);

/**
 * Averages along the rows: pixels of the rows `first … first + height` of the picture, in a width of as many taps.
 * Sums stay within 32 bits, as in Pillow. @see libImaging/Resample.c `ImagingResampleHorizontal_8bpc`
 */
export function resampleRows(picture: Pixels, taps: Taps, first: number, height: number): Pixels {
  const { channels, data } = picture;
  const { starts, counts, weights, stride } = taps;
  const width = starts.length;
  const result = new Uint8Array(width * height * channels);
  for (let y = 0, to = 0; y < height; y++) {
    const row = (first + y) * picture.width;
    for (let x = 0; x < width; x++, to += channels) {
      const from = (row + (starts[x] ?? 0)) * channels;
      const at = x * stride;
      const end = at + (counts[x] ?? 0);
      for (let c = 0; c < channels; c++) {
        let sum = HALF;
        for (let k = at, pixel = from + c; k < end; k++, pixel += channels) {
          sum = (sum + Math.imul(data[pixel] ?? 0, weights[k] ?? 0)) | 0;
        }
        result[to + c] = clip(sum);
      }
    }
  }
  return { width, height, channels, data: result };
}

/** Averages along the columns; `first` is the row of the full picture at which this one starts. */
export function resampleColumns(picture: Pixels, taps: Taps, first: number): Pixels {
  const { width, channels, data } = picture;
  const { starts, counts, weights, stride } = taps;
  const height = starts.length;
  const rowLength = width * channels;
  const result = new Uint8Array(rowLength * height);
  const sums = new Int32Array(rowLength);
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    const count = counts[y] ?? 0;
    for (let k = 0; k < count; k++) {
      const weight = weights[y * stride + k] ?? 0;
      const from = ((starts[y] ?? 0) - first + k) * rowLength;
      for (let i = 0; i < rowLength; i++) {
        sums[i] = ((sums[i] ?? 0) + Math.imul(data[from + i] ?? 0, weight)) | 0;
      }
    }
    const to = y * rowLength;
    for (let i = 0; i < rowLength; i++) result[to + i] = clip(sums[i] ?? 0);
  }
  return { width, height, channels, data: result };
}

function clip(sum: number): number {
  const value = sum >> PRECISION;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
