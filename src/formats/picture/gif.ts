import { unpackLzw } from "./lzw.ts";
import { fromPalette, type Palette } from "./palette.ts";
import { checkSize, damaged, type Picture, type PictureReader, pictureReader } from "./picture.ts";

/** A frame before its data. */
interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly interlaced: boolean;
  readonly colors: Uint8Array;
  readonly transparent: number | undefined;
  /** Where its data starts. */
  readonly at: number;
}

/**
 * The first frame of a GIF on its canvas, as Pillow shows it: what the frame leaves open has the transparent colour,
 * or the first one. Throws `corrupt-file`, `limit`. @see GIF89a Specification, CompuServe 1990
 */
export function decodeGif(bytes: Uint8Array, file: string): Picture {
  const reader = pictureReader(bytes, file);
  const [width, height] = gifSize(bytes, file);
  checkSize(width, height, file);
  const frame = firstFrame(reader, file);
  if (frame.left + frame.width > width || frame.top + frame.height > height) {
    return damaged(file, "its first frame does not fit on its canvas");
  }
  const pixels = unpack(reader, frame, file);
  const canvas = new Uint8Array(width * height).fill(frame.transparent ?? 0);
  const rows = frame.interlaced ? interlacedRows(frame.height) : undefined;
  for (let i = 0; i < frame.height; i++) {
    const row = pixels.subarray(i * frame.width, (i + 1) * frame.width);
    canvas.set(row, (frame.top + (rows?.[i] ?? i)) * width + frame.left);
  }
  return fromPalette(canvas, paletteOf(frame), width, height);
}

/** Width and height of the canvas. */
export function gifSize(bytes: Uint8Array, file: string): readonly [width: number, height: number] {
  const reader = pictureReader(bytes, file);
  return [reader.u16(6), reader.u16(8)];
}

function paletteOf({ colors, transparent }: Frame): Palette {
  return transparent === undefined ? { colors } : { colors, alpha: new Map([[transparent, 0]]) };
}

function firstFrame(reader: PictureReader, file: string): Frame {
  const flags = reader.u8(10);
  const globalSize = flags & 128 ? 3 * 2 ** ((flags & 7) + 1) : 0;
  const global = reader.slice(13, globalSize);
  let transparent: number | undefined;
  for (let at = 13 + globalSize; ; ) {
    const block = reader.u8(at);
    if (block === 0x2c) return frameAt(reader, at, global, transparent);
    if (block !== 0x21) return damaged(file, "it has no frame");
    if (reader.u8(at + 1) === 0xf9 && reader.u8(at + 2) >= 4) {
      transparent = reader.u8(at + 3) & 1 ? reader.u8(at + 6) : undefined;
    }
    at += 2;
    while (reader.u8(at) !== 0) at += reader.u8(at) + 1;
    at += 1;
  }
}

function frameAt(
  reader: PictureReader,
  at: number,
  global: Uint8Array,
  transparent: number | undefined,
): Frame {
  const flags = reader.u8(at + 9);
  const size = flags & 128 ? 3 * 2 ** ((flags & 7) + 1) : 0;
  return {
    left: reader.u16(at + 1),
    top: reader.u16(at + 3),
    width: reader.u16(at + 5),
    height: reader.u16(at + 7),
    interlaced: (flags & 64) !== 0,
    colors: size > 0 ? reader.slice(at + 10, size) : global,
    transparent,
    at: at + 10 + size,
  };
}

function interlacedRows(height: number): readonly number[] {
  const passes = [
    [0, 8],
    [4, 8],
    [2, 4],
    [1, 2],
  ] as const;
  return passes.flatMap(([first, step]) =>
    Array.from(
      { length: Math.max(0, Math.ceil((height - first) / step)) },
      (_, i) => first + i * step,
    ),
  );
}

/** The data of a frame without its division into blocks. */
function joinBlocks(reader: PictureReader, start: number): Uint8Array {
  const parts: number[] = [];
  let size = 0;
  for (let at = start; reader.u8(at) !== 0; at += reader.u8(at) + 1) {
    parts.push(at);
    size += reader.u8(at);
  }
  const result = new Uint8Array(size);
  let to = 0;
  for (const at of parts) {
    result.set(reader.slice(at + 1, reader.u8(at)), to);
    to += reader.u8(at);
  }
  return result;
}

/** The indices of a frame. */
function unpack(reader: PictureReader, frame: Frame, file: string): Uint8Array {
  const result = new Uint8Array(frame.width * frame.height);
  const fault = unpackLzw(joinBlocks(reader, frame.at + 1), reader.u8(frame.at), result);
  return fault === undefined ? result : damaged(file, fault);
}
