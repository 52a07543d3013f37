import { PRECISION, type Taps } from "./filters.ts";
import type { Pixels } from "./pixels.ts";

const HALF = 2 ** (PRECISION - 1);

/**
 * Averages along the rows: pixels of the rows `first … first + height` of the picture, in a width of as many taps.
 * Sums stay within 32 bits, as in Pillow. @see libImaging/Resample.c `ImagingResampleHorizontal_8bpc`
 */
export function resampleRows(picture: Pixels, taps: Taps, first: number, height: number): Pixels {
  const { channels } = picture;
  const width = taps.starts.length;
  const result = new Uint8Array(width * height * channels);
  const average = channels === 3 ? averageColors : averageChannels;
  for (let y = 0; y < height; y++) {
    const from = (first + y) * picture.width * channels;
    const row = picture.data.subarray(from, from + picture.width * channels);
    average(row, taps, channels, result.subarray(y * width * channels, (y + 1) * width * channels));
  }
  return { width, height, channels, data: result };
}

/** One row of three channels side by side: each weight is looked up once. */
function averageColors(
  row: Uint8Array,
  { starts, counts, weights, stride }: Taps,
  _: number,
  result: Uint8Array,
): void {
  for (let x = 0, to = 0; to < result.length; x++, to += 3) {
    const end = x * stride + (counts[x] ?? 0);
    let pixel = (starts[x] ?? 0) * 3;
    let [red, green, blue] = [HALF, HALF, HALF];
    for (let k = x * stride; k < end; k++, pixel += 3) {
      const weight = weights[k] ?? 0;
      red = (red + Math.imul(row[pixel] ?? 0, weight)) | 0;
      green = (green + Math.imul(row[pixel + 1] ?? 0, weight)) | 0;
      blue = (blue + Math.imul(row[pixel + 2] ?? 0, weight)) | 0;
    }
    result[to] = clip(red);
    result[to + 1] = clip(green);
    result[to + 2] = clip(blue);
  }
}

function averageChannels(
  row: Uint8Array,
  { starts, counts, weights, stride }: Taps,
  channels: number,
  result: Uint8Array,
): void {
  for (let x = 0, to = 0; to < result.length; x++, to += channels) {
    const end = x * stride + (counts[x] ?? 0);
    for (let c = 0; c < channels; c++) {
      let sum = HALF;
      let pixel = (starts[x] ?? 0) * channels + c;
      for (let k = x * stride; k < end; k++, pixel += channels) {
        sum = (sum + Math.imul(row[pixel] ?? 0, weights[k] ?? 0)) | 0;
      }
      result[to + c] = clip(sum);
    }
  }
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
