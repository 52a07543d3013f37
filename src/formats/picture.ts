import { convertIndexedToRgb, decode as decodePng } from "fast-png";
import jpeg from "jpeg-js";
import { fail, KcError } from "../errors.ts";

/** A decoded picture: 8-bit pixels, row by row, the channels of a pixel side by side, transparency left out. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 3 for red, green, blue; 1 for gray. */
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** Whether a file is a picture that can be decoded, by its first bytes. */
export function isPicture(bytes: Uint8Array): boolean {
  return startsWith(bytes, PNG) || startsWith(bytes, JPEG);
}

/**
 * Decodes a PNG or JPEG file. Throws `bad-format` for other files, `corrupt-file` for damaged ones, `limit` beyond
 * 2^26 pixels, `unsupported` for gray PNGs of less than 8 bits.
 */
export function decodePicture(bytes: Uint8Array, file: string): Picture {
  const decode = startsWith(bytes, PNG) ? readPng : readJpeg;
  if (!isPicture(bytes)) {
    return fail("bad-format", "This is neither a PNG nor a JPEG picture.", { at: { file } });
  }
  try {
    return decode(bytes, file);
  } catch (error) {
    if (error instanceof KcError) throw error;
    const text = error instanceof Error ? error.message : String(error);
    return fail("corrupt-file", `The picture cannot be decoded: ${text}.`, {
      at: { file },
      cause: error,
    });
  }
}

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff];
const MOST_PIXELS = 2 ** 26;

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}

function readPng(bytes: Uint8Array, file: string): Picture {
  // The header comes first: width and height at byte 16.
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 24) return fail("corrupt-file", "The picture is cut off.", { at: { file } });
  checkSize(view.getUint32(16), view.getUint32(20), file);
  const image = decodePng(bytes);
  const { width, height, depth, palette } = image;
  if (palette !== undefined) {
    const channels = palette[0]?.length ?? 3;
    return toPicture(width, height, channels, convertIndexedToRgb(image));
  }
  if (depth < 8) {
    return fail("unsupported", `Gray pictures of ${depth} bits are not read.`, {
      at: { file },
      hint: "Save it with 8 bits.",
    });
  }
  const data = depth === 16 ? Uint8Array.from(image.data, (value) => value >> 8) : image.data;
  return toPicture(width, height, image.channels, data);
}

function readJpeg(bytes: Uint8Array, file: string): Picture {
  const options = { maxResolutionInMP: MOST_PIXELS / 1e6, maxMemoryUsageInMB: 1024 };
  const image = jpeg.decode(bytes, { ...options, useTArray: true, formatAsRGBA: false });
  checkSize(image.width, image.height, file);
  return toPicture(image.width, image.height, 3, image.data);
}

function checkSize(width: number, height: number, file: string): void {
  if (width > 0 && height > 0 && width * height <= MOST_PIXELS) return;
  fail("limit", `The picture has ${width} by ${height} pixels, expected at most ${MOST_PIXELS}.`, {
    at: { file },
  });
}

/** The first one or three of the channels; a second or fourth is transparency. */
function toPicture(width: number, height: number, given: number, data: ArrayLike<number>): Picture {
  const channels = given < 3 ? 1 : 3;
  const result = new Uint8Array(width * height * channels);
  for (let i = 0; i < result.length; i++) {
    result[i] = data[Math.floor(i / channels) * given + (i % channels)] ?? 0;
  }
  return { width, height, channels, data: result };
}
