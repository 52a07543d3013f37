import type { Picture } from "./picture.ts";

/** Colours by index, three bytes each, and how opaque each is where that is said. */
export interface Palette {
  readonly colors: Uint8Array;
  readonly alpha?: ReadonlyMap<number, number> | undefined;
}

/** Pixels that are indices, as colours. An index beyond the palette is that shade of gray, as in Pillow. */
export function fromPalette(
  indices: Uint8Array,
  { colors, alpha }: Palette,
  width: number,
  height: number,
): Picture {
  const channels = alpha === undefined ? 3 : 4;
  const table = new Uint8Array(256 * channels);
  for (let index = 0; index < 256; index++) {
    for (let c = 0; c < 3; c++) table[index * channels + c] = colors[index * 3 + c] ?? index;
    if (alpha !== undefined) table[index * 4 + 3] = alpha.get(index) ?? 255;
  }
  const data = new Uint8Array(width * height * channels);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const from = (indices[pixel] ?? 0) * channels;
    for (let c = 0; c < channels; c++) data[pixel * channels + c] = table[from + c] ?? 0;
  }
  return { width, height, channels, data };
}

/** Indices or samples of 1, 2, 4 or 8 bits, one a byte; rows start at whole bytes. */
export function unpackBits(
  packed: Uint8Array,
  width: number,
  height: number,
  bits: number,
  rowBytes = Math.ceil((width * bits) / 8),
): Uint8Array {
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  const result = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const byte = packed[y * rowBytes + Math.floor(x / perByte)] ?? 0;
      result[y * width + x] = (byte >> (8 - bits - (x % perByte) * bits)) & mask;
    }
  }
  return result;
}
