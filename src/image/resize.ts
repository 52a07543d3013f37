/** 8-bit pixels, row by row, the channels of a pixel side by side. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** 3 for red, green, blue; 1 for gray. */
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/**
 * The same picture in another size: bilinear between the four nearest pixels, pixel centres at half places, the
 * sides stretched independently. Going down, nothing is averaged beyond the four.
 */
export function resizePixels(picture: Pixels, width: number, height: number): Pixels {
  if (picture.width === width && picture.height === height) return picture;
  const { channels, data } = picture;
  const columns = Array.from({ length: width }, (_, x) => tapsOf(x, width, picture.width));
  const result = new Uint8Array(width * height * channels);
  let at = 0;
  for (let y = 0; y < height; y++) {
    const [top, bottom, down] = tapsOf(y, height, picture.height);
    for (const [left, right, across] of columns) {
      for (let c = 0; c < channels; c++) {
        const pixel = (row: number, column: number): number =>
          data[(row * picture.width + column) * channels + c] ?? 0;
        const upper = mix(pixel(top, left), pixel(top, right), across);
        const lower = mix(pixel(bottom, left), pixel(bottom, right), across);
        result[at++] = Math.round(mix(upper, lower, down));
      }
    }
  }
  return { width, height, channels, data: result };
}

/** Gray by the brightness of each colour (ITU-R BT.601), or gray repeated for each colour. */
export function withChannels(picture: Pixels, channels: 1 | 3): Pixels {
  if (picture.channels === channels) return picture;
  const { width, height, data } = picture;
  const count = width * height;
  const result = new Uint8Array(count * channels);
  for (let pixel = 0; pixel < count; pixel++) {
    const [red = 0, green = 0, blue = 0] = data.subarray(pixel * 3, pixel * 3 + 3);
    if (channels === 1) result[pixel] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    else result.fill(data[pixel] ?? 0, pixel * 3, pixel * 3 + 3);
  }
  return { width, height, channels, data: result };
}

/** The two source places around a target place, and how far it lies towards the second. */
function tapsOf(
  place: number,
  size: number,
  sourceSize: number,
): readonly [first: number, second: number, share: number] {
  const source = ((place + 0.5) * sourceSize) / size - 0.5;
  const clamped = Math.min(Math.max(source, 0), sourceSize - 1);
  const first = Math.floor(clamped);
  return [first, Math.min(first + 1, sourceSize - 1), clamped - first];
}

function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}
