import type { Picture } from "./picture.ts";
import { damaged, notRead, type PictureReader, pictureReader } from "./picture.ts";

/** What the chunks of a WebP say. */
export interface WebpHeader {
  readonly width: number;
  readonly height: number;
  readonly exif: Uint8Array | undefined;
  readonly alpha: boolean;
  /** The file itself, or the first frame of an animation as a file of its own. */
  readonly still: Uint8Array;
  /** Where that lies on the canvas. */
  readonly left: number;
  readonly top: number;
}

/**
 * Reads the chunks of a WebP; of an animation the first frame. Throws `corrupt-file` where one is missing or cut.
 * @see WebP Container Specification; RFC 6386 9.1 (VP8); WebP Lossless Bitstream Specification 3
 */
export function readWebpHeader(bytes: Uint8Array, file: string): WebpHeader {
  const reader = pictureReader(bytes, file);
  if (reader.u32(4) + 8 > bytes.length)
    return damaged(file, `the file ends at byte ${bytes.length}`);
  const first = tag(reader, 12);
  if (first !== "VP8X") {
    const { width, height, alpha } = bitstreamSize(reader, 12, file);
    return { width, height, alpha, exif: undefined, still: bytes, left: 0, top: 0 };
  }
  const flags = reader.u8(20);
  const [width, height] = [reader.u24(24) + 1, reader.u24(27) + 1];
  const chunks = listChunks(reader, 30, reader.u32(4) + 8);
  const exifAt = chunks.get("EXIF");
  const exif = exifAt === undefined ? undefined : reader.slice(exifAt + 8, reader.u32(exifAt + 4));
  const canvas = { width, height, exif, alpha: (flags & 16) !== 0 };
  if ((flags & 2) === 0) return { ...canvas, still: bytes, left: 0, top: 0 };
  const frame = chunks.get("ANMF");
  if (frame === undefined) return damaged(file, "it has no frame");
  const [left, top] = [reader.u24(frame + 8) * 2, reader.u24(frame + 11) * 2];
  if (left + reader.u24(frame + 14) + 1 > width || top + reader.u24(frame + 17) + 1 > height) {
    return damaged(file, "its first frame does not fit on its canvas");
  }
  return { ...canvas, still: stillOf(reader, frame, file), left, top };
}

/** The first frame of an animation on its transparent canvas. */
export function onCanvas(frame: Picture, header: WebpHeader): Picture {
  const { width, height, left, top } = header;
  if (frame.width === width && frame.height === height) return frame;
  const { channels } = frame;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < frame.height; y++) {
    const row = frame.data.subarray(y * frame.width * channels, (y + 1) * frame.width * channels);
    data.set(row, ((top + y) * width + left) * channels);
  }
  return { width, height, channels, data };
}

function listChunks(reader: PictureReader, start: number, end: number): Map<string, number> {
  const found = new Map<string, number>();
  for (let at = start; at + 8 <= end; at += 8 + reader.u32(at + 4) + (reader.u32(at + 4) % 2)) {
    const name = tag(reader, at);
    if (!found.has(name)) found.set(name, at);
  }
  return found;
}

/** A file of the bitstream, and of the alpha, of one frame. */
function stillOf(reader: PictureReader, frame: number, file: string): Uint8Array {
  const end = frame + 8 + reader.u32(frame + 4);
  const chunks = listChunks(reader, frame + 24, end);
  const bitstream = chunks.get("VP8 ") ?? chunks.get("VP8L");
  if (bitstream === undefined) return damaged(file, "its first frame has no picture");
  const alpha = chunks.get("ALPH");
  const parts = [bytesOf("RIFF\0\0\0\0WEBP")];
  if (alpha !== undefined) {
    const { width, height } = bitstreamSize(reader, bitstream, file);
    const [w, h] = [width - 1, height - 1];
    const sizes = [w & 255, w >> 8, 0, h & 255, h >> 8, 0];
    parts.push(bytesOf("VP8X\x0a\0\0\0\x10\0\0\0"), Uint8Array.from(sizes), chunk(reader, alpha));
  }
  parts.push(chunk(reader, bitstream));
  const still = Uint8Array.from(parts.flatMap((part) => [...part]));
  new DataView(still.buffer).setUint32(4, still.length - 8, true);
  return still;
}

function chunk(reader: PictureReader, at: number): Uint8Array {
  const size = reader.u32(at + 4);
  return reader.slice(at, 8 + size + (size % 2));
}

function bitstreamSize(
  reader: PictureReader,
  at: number,
  file: string,
): { readonly width: number; readonly height: number; readonly alpha: boolean } {
  const kind = tag(reader, at);
  if (kind === "VP8 ") {
    const [width, height] = [reader.u16(at + 14) & 0x3fff, reader.u16(at + 16) & 0x3fff];
    return { width, height, alpha: false };
  }
  if (kind !== "VP8L") return notRead(file, `WebP pictures with a "${kind}" chunk`);
  const bits = reader.u32(at + 9);
  const [width, height] = [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
  return { width, height, alpha: ((bits >>> 28) & 1) === 1 };
}

function tag(reader: PictureReader, at: number): string {
  return String.fromCharCode(...reader.slice(at, 4));
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
