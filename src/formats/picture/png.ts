import { crc32 } from "../crc32.ts";
import { inflateZlib } from "../hdf5/inflate.ts";
import { fromPalette, unpackBits } from "./palette.ts";
import {
  checkSize,
  damaged,
  notRead,
  type Picture,
  type PictureReader,
  pictureReader,
} from "./picture.ts";
import { type PngLayout, unfilter } from "./png-filters.ts";

/** What the chunks of a PNG say. */
interface PngFile extends PngLayout {
  readonly color: number;
  readonly palette: Uint8Array | undefined;
  readonly transparency: Uint8Array | undefined;
  readonly packed: Uint8Array;
}

/**
 * Decodes a PNG of any depth, interlaced or not, to what Pillow makes of it: 16 bits a channel become the upper 8, 16
 * bits of gray are cut at 255. Throws `corrupt-file`, `limit`, `unsupported`. @see W3C PNG (Third Edition)
 */
export function decodePng(bytes: Uint8Array, file: string): Picture {
  const png = readChunks(pictureReader(bytes, file), file);
  const length = png.passes.reduce((sum, pass) => sum + (pass.rowBytes + 1) * pass.height, 0);
  const raw = inflateZlib(png.packed, length);
  if (raw === undefined) return damaged(file, "its compressed data is damaged or incomplete");
  const samples = unfilter(raw, png);
  if (samples === undefined) return damaged(file, "a row names a filter that does not exist");
  return toPicture(samples, png, file);
}

/** The block of Exif in a PNG, where there is one. */
export function pngExif(bytes: Uint8Array, file: string): Uint8Array | undefined {
  const reader = pictureReader(bytes, file);
  for (const { type, data } of chunks(reader)) if (type === "eXIf") return data;
  return undefined;
}

/** Width and height from the first chunk. */
export function pngSize(bytes: Uint8Array, file: string): readonly [width: number, height: number] {
  const reader = pictureReader(bytes, file);
  return [reader.u32be(16), reader.u32be(20)];
}

const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
/** Column and row of the first pixel of each pass, and the steps between. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

function* chunks(reader: PictureReader): Iterable<{ type: string; data: Uint8Array; at: number }> {
  for (let at = 8; at + 8 <= reader.bytes.length; ) {
    const length = reader.u32be(at);
    const type = String.fromCharCode(...reader.slice(at + 4, 4));
    yield { type, data: reader.slice(at + 8, length), at };
    if (type === "IEND") return;
    at += length + 12;
  }
}

function readChunks(reader: PictureReader, file: string): PngFile {
  const found = new Map<string, Uint8Array>();
  const parts: Uint8Array[] = [];
  for (const { type, data, at } of chunks(reader)) {
    if (type === "IDAT") parts.push(data);
    else if (type === "IHDR" || type === "PLTE" || type === "tRNS") {
      if (crc32(reader.slice(at + 4, data.length + 4)) !== reader.u32be(at + 8 + data.length)) {
        return damaged(file, `the checksum of its ${type} chunk is wrong`);
      }
      if (!found.has(type)) found.set(type, data);
    }
  }
  const header = found.get("IHDR");
  if (header === undefined || header.length < 13) return damaged(file, "it has no header");
  const [depth = 0, color = 0, , , interlace = 0] = header.subarray(8);
  const samples = SAMPLES[color];
  if (samples === undefined || DEPTHS[color]?.includes(depth) !== true || interlace > 1) {
    return notRead(file, `PNG pictures of colour type ${color} with ${depth} bits`);
  }
  const [width, height] = [reader.u32be(16), reader.u32be(20)];
  checkSize(width, height, file);
  const layout = { width, height, bitsPerPixel: depth * samples, depth };
  return {
    ...layout,
    color,
    palette: found.get("PLTE"),
    transparency: found.get("tRNS"),
    packed: joined(parts),
    passes: passesOf(width, height, depth * samples, interlace === 1),
  };
}

function passesOf(
  width: number,
  height: number,
  bits: number,
  interlaced: boolean,
): PngLayout["passes"] {
  const starts = interlaced ? ADAM7 : [[0, 0, 1, 1] as const];
  return starts
    .map(([x, y, stepX, stepY]) => {
      const columns = Math.ceil((width - x) / stepX);
      const rows = Math.ceil((height - y) / stepY);
      const rowBytes = Math.ceil((columns * bits) / 8);
      return { x, y, stepX, stepY, width: columns, height: rows, rowBytes };
    })
    .filter((pass) => pass.width > 0 && pass.height > 0);
}

/** Samples (packed below 8 bits, big-endian at 16) as pixels of 8 bits. */
function toPicture(samples: Uint8Array, png: PngFile, file: string): Picture {
  const { width, height, depth, color, palette, transparency } = png;
  if (color === 3) {
    if (palette === undefined) return damaged(file, "it has no palette");
    const indices = depth < 8 ? unpackBits(samples, width, height, depth) : samples;
    const alpha = transparency && new Map(transparency.entries());
    return fromPalette(indices, { colors: palette, alpha }, width, height);
  }
  const key = transparency && keyColor(transparency);
  if (color === 0) {
    const gray = depth === 16 ? cutGray(samples) : spread(samples, png);
    return withKey({ width, height, channels: 1, data: gray }, grayKey(key, depth));
  }
  const data = depth === 16 ? samples.filter((_, index) => index % 2 === 0) : samples;
  if (color === 2) return withKey({ width, height, channels: 3, data }, colorKey(key, depth));
  return { width, height, channels: color === 4 ? 2 : 4, data };
}

/** Gray of 16 bits as Pillow turns it into 8: cut, not scaled. */
function cutGray(samples: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: samples.length / 2 }, (_, i) =>
    samples[i * 2] === 0 ? (samples[i * 2 + 1] ?? 0) : 255,
  );
}

/** Gray of fewer bits over the whole of 0–255. */
function spread(samples: Uint8Array, { width, height, depth }: PngFile): Uint8Array {
  if (depth === 8) return samples;
  const factor = 255 / (2 ** depth - 1);
  return unpackBits(samples, width, height, depth).map((value) => value * factor);
}

function keyColor(transparency: Uint8Array): readonly number[] {
  return Array.from(
    { length: transparency.length >> 1 },
    (_, i) => (transparency[i * 2] ?? 0) * 256 + (transparency[i * 2 + 1] ?? 0),
  );
}

/** The gray that is transparent, as it looks among the 8-bit pixels. */
function grayKey(key: readonly number[] | undefined, depth: number): readonly number[] | undefined {
  return key?.map((value) => (depth < 8 ? (value * 255) / (2 ** depth - 1) : value));
}

function colorKey(
  key: readonly number[] | undefined,
  depth: number,
): readonly number[] | undefined {
  return key?.map((value) => (depth === 16 ? value >> 8 : value));
}

/** With alpha 0 wherever a pixel has the transparent colour. */
function withKey(picture: Picture, key: readonly number[] | undefined): Picture {
  const { width, height, channels, data } = picture;
  if (key === undefined) return picture;
  const wider = channels === 1 ? 2 : 4;
  const result = new Uint8Array(width * height * wider);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const color = data.subarray(pixel * channels, (pixel + 1) * channels);
    result.set(color, pixel * wider);
    result[pixel * wider + wider - 1] = color.every((value, c) => value === key[c]) ? 0 : 255;
  }
  return { width, height, channels: wider, data: result };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
