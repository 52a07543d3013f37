import { unpackRuns } from "./bmp-runs.ts";
import { fromPalette, unpackBits } from "./palette.ts";
import {
  checkSize,
  damaged,
  notRead,
  type Picture,
  type PictureReader,
  pictureReader,
} from "./picture.ts";

interface BmpHeader {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bits: number;
  readonly compression: number;
  /** Where the pixels start. */
  readonly offset: number;
  /** Where the palette starts, its bytes a colour and its colours. */
  readonly palette: readonly [at: number, size: number, count: number];
  /** Bits of red, green, blue, alpha in a pixel of 16 or 32 bits. */
  readonly masks: readonly number[];
}

/**
 * Decodes a bitmap of Windows or OS/2: 1 to 32 bits, run lengths, bit fields. Throws `corrupt-file`, `limit`,
 * `unsupported`. @see BITMAPFILEHEADER, BITMAPINFOHEADER, BITMAPV5HEADER of the Windows SDK
 */
export function decodeBmp(bytes: Uint8Array, file: string): Picture {
  const reader = pictureReader(bytes, file);
  const header = readHeader(reader, file);
  const { width, height, bits, compression, offset } = header;
  checkSize(width, height, file);
  const bottomUp = bits <= 8 ? indexed(reader, header, file) : colored(reader, header, file);
  if (bits > 8 && compression !== 0 && compression !== 3) {
    return notRead(file, `Bitmaps of compression ${compression}`);
  }
  if (offset > bytes.length) return damaged(file, "its pixels start behind its end");
  return header.topDown ? bottomUp : flipped(bottomUp);
}

/** Width and height, both positive. */
export function bmpSize(bytes: Uint8Array, file: string): readonly [width: number, height: number] {
  const { width, height } = readHeader(pictureReader(bytes, file), file);
  return [width, height];
}

const OS2_HEADER = 12;

function readHeader(reader: PictureReader, file: string): BmpHeader {
  const size = reader.u32(14);
  const offset = reader.u32(10);
  if (size === OS2_HEADER) {
    const bits = reader.u16(24);
    const count = bits <= 8 ? 2 ** bits : 0;
    const shape = { width: reader.u16(18), height: reader.u16(20), topDown: false, bits };
    return { ...shape, compression: 0, offset, palette: [26, 3, count], masks: defaults(bits) };
  }
  if (size < 40 || size > 65536) return notRead(file, `Bitmaps with a header of ${size} bytes`);
  const [width, signedHeight, bits] = [reader.i32(18), reader.i32(22), reader.u16(28)];
  if (![1, 2, 4, 8, 16, 24, 32].includes(bits)) return notRead(file, `Bitmaps of ${bits} bits`);
  const compression = reader.u32(30);
  const fields = compression === 3;
  const used = reader.u32(46) || (bits <= 8 ? 2 ** bits : 0);
  return {
    width,
    height: Math.abs(signedHeight),
    topDown: signedHeight < 0,
    bits,
    compression,
    offset,
    palette: [14 + size + (fields && size === 40 ? 12 : 0), 4, Math.min(used, 256)],
    masks: fields ? masksOf(reader, size) : defaults(bits),
  };
}

/** Red, green, blue and alpha: a part of longer headers, behind the short one, which has no alpha. */
function masksOf(reader: PictureReader, headerSize: number): readonly number[] {
  const colors = [54, 58, 62].map((at) => reader.u32(at));
  return [...colors, headerSize >= 56 ? reader.u32(66) : 0];
}

function defaults(bits: number): readonly number[] {
  return bits === 16 ? [0x7c00, 0x3e0, 0x1f, 0] : [0xff0000, 0xff00, 0xff, 0];
}

function indexed(reader: PictureReader, header: BmpHeader, file: string): Picture {
  const { width, height, bits, compression, offset } = header;
  const [at, size, count] = header.palette;
  const colors = new Uint8Array(count * 3);
  for (let i = 0; i < count; i++) {
    const [blue = 0, green = 0, red = 0] = reader.slice(at + i * size, 3);
    colors.set([red, green, blue], i * 3);
  }
  if (compression === 1 || compression === 2) {
    const runs = reader.bytes.subarray(offset);
    const indices = unpackRuns(runs, width, height, compression === 2 ? 4 : 8);
    if (indices === undefined) return damaged(file, "its data ends before the last pixel");
    return fromPalette(indices, { colors }, width, height);
  }
  if (compression !== 0) return notRead(file, `Bitmaps of compression ${compression}`);
  const rowBytes = rowSize(width, bits);
  const packed = reader.slice(offset, rowBytes * height);
  return fromPalette(unpackBits(packed, width, height, bits, rowBytes), { colors }, width, height);
}

function colored(reader: PictureReader, header: BmpHeader, file: string): Picture {
  const { width, height, bits, offset, masks } = header;
  const rowBytes = rowSize(width, bits);
  const packed = reader.slice(offset, rowBytes * height);
  const fields = masks.map(fieldOf);
  if (fields.slice(0, 3).some((field) => field.max === 0)) {
    return damaged(file, "a colour has no bits");
  }
  const channels = masks[3] === 0 ? 3 : 4;
  const data = new Uint8Array(width * height * channels);
  const step = bits >> 3;
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * rowBytes + x * step;
      let pixel = 0;
      for (let byte = step - 1; byte >= 0; byte--) pixel = pixel * 256 + (packed[at + byte] ?? 0);
      for (let c = 0; c < channels; c++) data[to++] = fieldValue(pixel, fields[c]);
    }
  }
  return { width, height, channels, data };
}

interface Field {
  readonly divisor: number;
  readonly max: number;
}

function fieldOf(mask: number): Field {
  if (mask === 0) return { divisor: 1, max: 0 };
  let divisor = 1;
  while (Math.floor(mask / divisor) % 2 === 0) divisor *= 2;
  return { divisor, max: Math.floor(mask / divisor) };
}

/** Over the whole of 0–255, rounded down as Pillow does. */
function fieldValue(pixel: number, field: Field | undefined): number {
  const { divisor, max } = field ?? { divisor: 1, max: 255 };
  return Math.floor(((Math.floor(pixel / divisor) % (max + 1)) * 255) / max);
}

/** Rows are padded to four bytes. */
function rowSize(width: number, bits: number): number {
  return Math.floor((width * bits + 31) / 32) * 4;
}

function flipped({ width, height, channels, data }: Picture): Picture {
  const rowBytes = width * channels;
  const result = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    result.set(data.subarray(y * rowBytes, (y + 1) * rowBytes), (height - 1 - y) * rowBytes);
  }
  return { width, height, channels, data: result };
}
