/** 8-bit pixels, row by row, the channels of a pixel side by side: gray, gray and alpha, colour, or colour and alpha. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly data: Uint8Array;
}

/** Keras' `color_mode`: how many channels the network sees. */
export type ColorMode = "grayscale" | "rgb" | "rgba";

/** How many channels each mode has. */
export const CHANNELS: Readonly<Record<ColorMode, 1 | 3 | 4>> = { grayscale: 1, rgb: 3, rgba: 4 };

/**
 * The same picture in another mode, as Pillow's `convert` makes it: alpha is dropped, not blended; gray is the
 * brightness of ITU-R BT.601 in 16-bit arithmetic. @see libImaging/Convert.c, `L24`
 */
export function convertPixels(picture: Pixels, mode: ColorMode): Pixels {
  const channels = CHANNELS[mode];
  if (picture.channels === channels) return picture;
  const { width, height } = picture;
  const data = channels === 1 ? toGray(picture) : toColors(picture, channels);
  return { width, height, channels, data };
}

function toGray({ width, height, channels, data }: Pixels): Uint8Array {
  const result = new Uint8Array(width * height);
  for (let pixel = 0, at = 0; pixel < result.length; pixel++, at += channels) {
    const first = data[at] ?? 0;
    result[pixel] =
      channels < 3
        ? first
        : (first * 19595 + (data[at + 1] ?? 0) * 38470 + (data[at + 2] ?? 0) * 7471 + 0x8000) >> 16;
  }
  return result;
}

function toColors(picture: Pixels, channels: 3 | 4): Uint8Array {
  const { width, height, channels: given, data } = picture;
  const result = new Uint8Array(width * height * channels);
  const isGray = given < 3;
  const alpha = given === 2 ? 1 : given === 4 ? 3 : -1;
  for (let from = 0, to = 0; to < result.length; from += given, to += channels) {
    result[to] = data[from] ?? 0;
    result[to + 1] = data[isGray ? from : from + 1] ?? 0;
    result[to + 2] = data[isGray ? from : from + 2] ?? 0;
    if (channels === 4) result[to + 3] = alpha < 0 ? 255 : (data[from + alpha] ?? 0);
  }
  return result;
}
