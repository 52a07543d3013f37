import type { ByteSource } from "./bytes.ts";

/** CRC-32 of a whole source, read in pieces. @see ISO 3309, as zip and gzip use it */
export function crc32OfSource(source: ByteSource): number {
  const piece = new Uint8Array(Math.min(source.size, PIECE));
  let crc = 0;
  for (let at = 0; at < source.size; at += piece.length) {
    const part = piece.subarray(0, Math.min(piece.length, source.size - at));
    source.readInto(at, part);
    crc = crc32(part, crc);
  }
  return crc;
}

/** CRC-32 of bytes, continuing from the value for the bytes before them. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  const words = bytes.length - (bytes.length % 4);
  // Four table look-ups a word instead of four dependent ones a byte: about three times as fast.
  for (let at = 0; at < words; at += 4) {
    crc ^= at4(bytes, at);
    crc =
      look(3, crc & 255) ^
      look(2, (crc >>> 8) & 255) ^
      look(1, (crc >>> 16) & 255) ^
      look(0, crc >>> 24);
  }
  for (let at = words; at < bytes.length; at += 1) {
    crc = (crc >>> 8) ^ look(0, (crc ^ (bytes[at] ?? 0)) & 255);
  }
  return ~crc >>> 0;
}

const PIECE = 1 << 20;
const TABLES = makeTables();

function look(table: number, byte: number): number {
  return TABLES[(table << 8) | byte] ?? 0;
}

function at4(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}

function makeTables(): Int32Array {
  const tables = new Int32Array(4 * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    tables[byte] = crc;
  }
  for (let at = 256; at < tables.length; at += 1) {
    const before = tables[at - 256] ?? 0;
    tables[at] = (before >>> 8) ^ (tables[before & 255] ?? 0);
  }
  return tables;
}
