import { fail } from "../../errors.ts";

/**
 * A decoded picture: 8-bit pixels, row by row, the channels of a pixel side by side: gray, gray and alpha, red green
 * blue, or these and alpha.
 */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly data: Uint8Array;
}

/** More pixels than this are refused before anything is decoded. */
export const MOST_PIXELS = 2 ** 26;

/** Throws `limit` for sizes beyond reason, `corrupt-file` for a picture without pixels. */
export function checkSize(width: number, height: number, file: string): void {
  if (width < 1 || height < 1) damaged(file, `it is ${width} by ${height} pixels`);
  if (width * height <= MOST_PIXELS) return;
  fail("limit", `The picture has ${width} by ${height} pixels, expected at most ${MOST_PIXELS}.`, {
    at: { file },
  });
}

/** Throws `corrupt-file` for a picture that cannot be decoded as a whole. */
export function damaged(file: string, why: string): never {
  return fail("corrupt-file", `The picture cannot be decoded: ${why}.`, {
    at: { file },
    hint: "The file is cut off or damaged; fetch it again, or leave it out.",
  });
}

/** Throws `unsupported` for a sound picture that is not read. */
export function notRead(file: string, what: string, hint = "Save it as a PNG."): never {
  return fail("unsupported", `${what} are not read.`, { at: { file }, hint });
}

/** Numbers at places of a picture file. Throws `corrupt-file` beyond its end. */
export interface PictureReader {
  readonly bytes: Uint8Array;
  u8(at: number): number;
  /** Little-endian, as all that follow unless their name says otherwise. */
  u16(at: number): number;
  u24(at: number): number;
  u32(at: number): number;
  i32(at: number): number;
  u16be(at: number): number;
  u32be(at: number): number;
  slice(at: number, length: number): Uint8Array;
}

/** Reads numbers of a file, never beyond its end. */
export function pictureReader(bytes: Uint8Array, file: string): PictureReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const within = (at: number, length: number): number => {
    if (at >= 0 && at + length <= bytes.length) return at;
    return damaged(file, `the file ends at byte ${bytes.length}`);
  };
  return {
    bytes,
    u8: (at) => view.getUint8(within(at, 1)),
    u16: (at) => view.getUint16(within(at, 2), true),
    u24: (at) => view.getUint16(within(at, 3), true) | (view.getUint8(at + 2) << 16),
    u32: (at) => view.getUint32(within(at, 4), true),
    i32: (at) => view.getInt32(within(at, 4), true),
    u16be: (at) => view.getUint16(within(at, 2), false),
    u32be: (at) => view.getUint32(within(at, 4), false),
    slice: (at, length) => bytes.subarray(within(at, length), at + length),
  };
}
