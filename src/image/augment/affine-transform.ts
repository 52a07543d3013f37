import type { AffineMatrix } from "./affine-matrix.ts";
import type { FloatPixels } from "./float-pixels.ts";
import type { FillMode, GeneratorVersion } from "./generator.ts";

/** How places beyond the edges are filled. */
export interface FillOptions {
  readonly fillMode: FillMode;
  /** For `constant`. */
  readonly cval: number;
  readonly version: GeneratorVersion;
}

/**
 * Each number from where the matrix says, between four pixels: SciPy's `affine_transform(order=1)` on every channel.
 * Computed in float64 and rounded to float32. @see scipy/ndimage/src/ni_interpolation.c `NI_GeometricTransform`
 */
export function affineTransform(
  picture: FloatPixels,
  matrix: AffineMatrix,
  { fillMode, cval, version }: FillOptions,
): FloatPixels {
  const { width, height, channels } = picture;
  const repeats = fillMode === "reflect" && version === "keras-2.9";
  const result = new Float32Array(picture.data.length);
  const anywhere: Pixel = (to, row, column) => {
    if (row < 0 || row > height - 1) row = within(row, height, fillMode, repeats);
    if (column < 0 || column > width - 1) column = within(column, width, fillMode, repeats);
    if (row > -1 && column > -1) interpolate(picture, row, column, repeats, result, to);
    else result.fill(cval, to, to + channels);
  };
  if (channels === 3) transformColours(picture, matrix, result, anywhere);
  else {
    const [a, b, c, d, e, f] = matrix;
    for (let y = 0, to = 0; y < height; y++) {
      for (let x = 0; x < width; x++, to += channels)
        anywhere(to, a * y + b * x + c, d * y + e * x + f);
    }
  }
  return { ...picture, data: result };
}

/** Makes the pixel that begins at a number of the result. */
type Pixel = (to: number, row: number, column: number) => void;

/** Three channels at once where all four pixels are there, in less than half of the time. */
function transformColours(
  { width, height, data }: FloatPixels,
  [a, b, c, d, e, f]: AffineMatrix,
  result: Float32Array,
  elsewhere: Pixel,
): void {
  const [lastRow, lastColumn] = [height - 1, width - 1];
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      const row = a * y + b * x + c;
      const column = d * y + e * x + f;
      if (!(row >= 0 && column >= 0 && row < lastRow && column < lastColumn)) {
        elsewhere(to, row, column);
        continue;
      }
      const top = Math.trunc(row);
      const left = Math.trunc(column);
      const down = row - top;
      const right = column - left;
      const up = 1 - down;
      const aside = 1 - right;
      let at = (top * width + left) * 3;
      let below = at + width * 3;
      for (let end = to + 3, into = to; into < end; into++, at++, below++) {
        result[into] =
          (data[at] ?? 0) * up * aside +
          (data[at + 3] ?? 0) * up * right +
          (data[below] ?? 0) * down * aside +
          (data[below + 3] ?? 0) * down * right;
      }
    }
  }
}

/** The pixel between the four around a place. */
function interpolate(
  { width, height, channels, data }: FloatPixels,
  row: number,
  column: number,
  repeats: boolean,
  result: Float32Array,
  to: number,
): void {
  let top = Math.floor(row);
  let left = Math.floor(column);
  const down = row - top;
  const right = column - left;
  let bottom = top + 1;
  let beside = left + 1;
  if (top < 0) top = edge(top, height, repeats);
  if (left < 0) left = edge(left, width, repeats);
  if (bottom >= height) bottom = edge(bottom, height, repeats);
  if (beside >= width) beside = edge(beside, width, repeats);
  let upperLeft = (top * width + left) * channels;
  let upperRight = (top * width + beside) * channels;
  let lowerLeft = (bottom * width + left) * channels;
  let lowerRight = (bottom * width + beside) * channels;
  for (let at = to; at < to + channels; at++) {
    result[at] =
      (data[upperLeft++] ?? 0) * (1 - down) * (1 - right) +
      (data[upperRight++] ?? 0) * (1 - down) * right +
      (data[lowerLeft++] ?? 0) * down * (1 - right) +
      (data[lowerRight++] ?? 0) * down * right;
  }
}

/** A place beyond the edges as one within, or up to a pixel before the first one; -1 for nowhere. */
function within(place: number, length: number, mode: FillMode, repeats: boolean): number {
  switch (mode) {
    case "constant":
      return -1;
    case "nearest":
      return place < 0 ? 0 : length - 1;
    case "reflect":
      return length <= 1 ? 0 : reflected(place, length, repeats);
    case "wrap":
      return length <= 1 ? 0 : wrapped(place, length - 1);
  }
}

/** `d c b a | a b c d | d c b a` */
function reflected(place: number, length: number, repeats: boolean): number {
  const period = 2 * length;
  if (place > 0) {
    const rest = place - period * Math.floor(place / period);
    return rest >= length ? period - rest - 1 : rest;
  }
  const rest = place < -period ? place + period * Math.floor(-place / period) : place;
  if (rest < -length) return rest + period;
  // Later versions stay inside by a hair where the place is the edge itself.
  return (repeats && rest > -Number.EPSILON ? Number.EPSILON : -rest) - 1;
}

/** SciPy's `wrap`: the last pixel is the first one of the next period. */
function wrapped(place: number, period: number): number {
  if (place > 0) return place - period * Math.floor(place / period);
  return place + period * (Math.floor(-place / period) + 1);
}

/** The neighbour beyond the edge: the one before it once more, or the one at the edge twice. */
function edge(index: number, length: number, repeats: boolean): number {
  if (length <= 1) return 0;
  if (index < 0) return repeats ? -index - 1 : -index;
  return repeats ? 2 * length - index - 1 : 2 * length - 2 - index;
}
