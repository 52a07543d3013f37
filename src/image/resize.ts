import { FILTERS, type Taps, tapsOf } from "./filters.ts";
import type { Pixels } from "./pixels.ts";
import { resampleColumns, resampleRows } from "./resample.ts";
import { columnsInVectors, rowsInVectors } from "./resample-vectors.ts";

/** Keras' names for Pillow's filters. */
export type Interpolation = "nearest" | keyof typeof FILTERS;

/** All of them. */
export const INTERPOLATIONS: readonly Interpolation[] = [
  "nearest",
  "bilinear",
  "bicubic",
  "lanczos",
  "box",
  "hamming",
];

/** A part of a picture in pixels from its upper left; the edges may be fractions. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** How to resize. */
export interface ResizeOptions {
  readonly width: number;
  readonly height: number;
  /** `nearest` by default, as in Keras' `load_img`. */
  readonly interpolation?: Interpolation;
  /** Only this part of the picture; filters see the pixels around it, as in Pillow. */
  readonly box?: Box;
}

/** The picture in another size, bit for bit as Pillow's `resize` makes it; the sides are stretched independently. */
export function resizePixels(picture: Pixels, options: ResizeOptions): Pixels {
  const { width, height, interpolation = "nearest", box = wholeOf(picture) } = options;
  if (width === picture.width && height === picture.height && isWhole(box, picture)) return picture;
  if (interpolation === "nearest") return resizeNearest(picture, width, height, box);
  const hasAlpha = picture.channels === 2 || picture.channels === 4;
  const opaque = hasAlpha ? multiplied(picture) : picture;
  const { reach, weight } = FILTERS[interpolation];
  const filter = { reach, weight };
  const columns = tapsOf(filter, picture.width, box.left, box.right, width);
  const rows = tapsOf(filter, picture.height, box.top, box.bottom, height);
  const first = rows.starts[0] ?? 0;
  const last = (rows.starts[height - 1] ?? 0) + (rows.counts[height - 1] ?? 0);
  // Each pass is left out where it would only copy.
  const stretched = width !== picture.width || box.left !== 0 || box.right !== width;
  const narrow = stretched ? averageRows(opaque, columns, first, last - first) : opaque;
  const raised = height !== picture.height || box.top !== 0 || box.bottom !== height;
  const done = raised ? averageColumns(narrow, rows, stretched ? first : 0) : narrow;
  return hasAlpha ? divided(done) : done;
}

function averageRows(picture: Pixels, taps: Taps, first: number, height: number): Pixels {
  return rowsInVectors(picture, taps, first, height) ?? resampleRows(picture, taps, first, height);
}

function averageColumns(picture: Pixels, taps: Taps, first: number): Pixels {
  return columnsInVectors(picture, taps, first) ?? resampleColumns(picture, taps, first);
}

/**
 * The middle of a picture in the proportions of a size, as Keras' `keep_aspect_ratio` cuts it.
 * @see keras/src/utils/image_utils.py `load_img`
 */
export function centerBox(picture: Pixels, width: number, height: number): Box {
  const cropHeight = Math.min(picture.height, Math.floor((picture.width * height) / width));
  const cropWidth = Math.min(picture.width, Math.floor((picture.height * width) / height));
  const top = Math.floor((picture.height - cropHeight) / 2);
  const left = Math.floor((picture.width - cropWidth) / 2);
  return { left, top, right: left + cropWidth, bottom: top + cropHeight };
}

function wholeOf({ width, height }: Pixels): Box {
  return { left: 0, top: 0, right: width, bottom: height };
}

function isWhole(box: Box, { width, height }: Pixels): boolean {
  return box.left === 0 && box.top === 0 && box.right === width && box.bottom === height;
}

function resizeNearest(picture: Pixels, width: number, height: number, box: Box): Pixels {
  const { channels, data } = picture;
  const columns = places(box.left, box.right, width);
  const rows = places(box.top, box.bottom, height);
  const result = new Uint8Array(width * height * channels);
  let to = 0;
  for (const row of rows) {
    const start = row * picture.width;
    for (const column of columns) {
      const from = (start + column) * channels;
      for (let c = 0; c < channels; c++) result[to++] = data[from + c] ?? 0;
    }
  }
  return { width, height, channels, data: result };
}

/** A running sum, as Pillow walks: multiplying instead gives other pixels. @see libImaging/Geometry.c `ImagingScaleAffine` */
function places(from: number, to: number, size: number): Int32Array {
  const step = (to - from) / size;
  const result = new Int32Array(size);
  let place = from + step * 0.5;
  for (let i = 0; i < size; i++, place += step) result[i] = Math.trunc(place);
  return result;
}

/** Colours times alpha, so that what is transparent does not count. @see libImaging/Convert.c `rgbA2rgba` */
function multiplied(picture: Pixels): Pixels {
  return mapColors(picture, (color, alpha) => {
    const product = color * alpha + 128;
    return ((product >> 8) + product) >> 8;
  });
}

/** Colours divided by alpha again. @see libImaging/Convert.c `rgba2rgbA` */
function divided(picture: Pixels): Pixels {
  return mapColors(picture, (color, alpha) =>
    alpha === 0 || alpha === 255 ? color : Math.min(255, Math.floor((255 * color) / alpha)),
  );
}

function mapColors(picture: Pixels, map: (color: number, alpha: number) => number): Pixels {
  const { channels, data } = picture;
  const result = new Uint8Array(data);
  for (let at = 0; at < data.length; at += channels) {
    const alpha = data[at + channels - 1] ?? 0;
    for (let c = 0; c < channels - 1; c++) result[at + c] = map(data[at + c] ?? 0, alpha);
  }
  return { ...picture, data: result };
}
