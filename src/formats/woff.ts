import { unzlibSync } from "fflate";
import { fail } from "../errors.ts";

/** Larger fonts than this are refused; a font for Latin letters has a tenth of it. */
const MOST_BYTES = 32 << 20;

/**
 * Unpacks a web font to the TrueType file that it was made of. Throws `corrupt-file`.
 *
 * @see https://www.w3.org/TR/WOFF/#OverallStructure
 */
export function unpackWoff(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 44 || view.getUint32(0) !== 0x774f4646) damaged();
  const count = view.getUint16(12);
  if (44 + 20 * count > bytes.length) damaged();
  const tables = Array.from({ length: count }, (_, index) => readTable(view, 44 + 20 * index));
  const start = 12 + 16 * count;
  const total = tables.reduce((sum, { length }) => sum + padded(length), start);
  if (total > MOST_BYTES) damaged();
  const font = new Uint8Array(total);
  const out = new DataView(font.buffer);
  writeHeader(out, view.getUint32(4), count);
  let at = start;
  tables.forEach(({ tag, offset, packed, length, checksum }, index) => {
    if (offset + packed > bytes.length || packed > length) damaged();
    const data = bytes.subarray(offset, offset + packed);
    const table = packed === length ? data : inflate(data, length);
    font.set(table, at);
    [tag, checksum, at, length].forEach((word, field) => {
      out.setUint32(12 + 16 * index + 4 * field, word);
    });
    at += padded(length);
  });
  return font;
}

function readTable(view: DataView, at: number) {
  return {
    tag: view.getUint32(at),
    offset: view.getUint32(at + 4),
    packed: view.getUint32(at + 8),
    length: view.getUint32(at + 12),
    checksum: view.getUint32(at + 16),
  };
}

/** The binary search fields of a TrueType header follow from the number of tables. */
function writeHeader(out: DataView, flavour: number, count: number): void {
  const power = Math.floor(Math.log2(Math.max(count, 1)));
  out.setUint32(0, flavour);
  out.setUint16(4, count);
  out.setUint16(6, 16 * 2 ** power);
  out.setUint16(8, power);
  out.setUint16(10, 16 * (count - 2 ** power));
}

function inflate(data: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  try {
    if (unzlibSync(data, { out }).length === length) return out;
  } catch {
    // Said below, as for a table of another length.
  }
  return damaged();
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

function damaged(): never {
  return fail("corrupt-file", "The font is damaged.");
}
