import { zlibSync } from "fflate";
import { crc32 } from "../crc32.ts";
import type { Picture } from "./picture.ts";

/** A picture as the bytes of a PNG file, 8 bits a channel; equal pictures give equal bytes. @see W3C PNG (Third Edition) */
export function encodePng({ width, height, channels, data }: Picture): Uint8Array {
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8);
  header.setUint8(9, COLOR_TYPES[channels]);
  const rowBytes = width * channels;
  const rows = new Uint8Array((rowBytes + 1) * height);
  for (let y = 0, to = 0, from = 0; y < height; y++) {
    rows[to++] = SUB;
    for (let x = 0; x < rowBytes; x++, from++) {
      rows[to++] = (data[from] ?? 0) - (x < channels ? 0 : (data[from - channels] ?? 0));
    }
  }
  const chunks = [
    SIGNATURE,
    chunk("IHDR", new Uint8Array(header.buffer)),
    chunk("IDAT", zlibSync(rows, { level: 9 })),
    chunk("IEND", new Uint8Array(0)),
  ];
  const file = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const bytes of chunks) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Gray, gray and alpha, colour, colour and alpha. */
const COLOR_TYPES = { 1: 0, 2: 4, 3: 2, 4: 6 } as const;
/** Each byte less the one of the pixel before it: small numbers, which deflate well. */
const SUB = 1;

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}
