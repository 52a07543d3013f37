import { createHash } from "node:crypto";
import { closeSync, fstatSync } from "node:fs";
import type { OutputBytes } from "../../formats/bytes.ts";
import { openToRead, readFully } from "../descriptor.ts";

/** Rows of numbers, each under a key of its own: SHA-256 in hexadecimal. */
export type FeatureRows = ReadonlyMap<string, Float32Array>;

/** What a segment must be of. */
export interface SegmentKind {
  /** What made the rows: SHA-256 in hexadecimal. */
  readonly space: string;
  /** Numbers of a row. */
  readonly length: number;
}

/** A file of rows, opened for reading. */
export interface Segment {
  readonly keys: readonly string[];
  /** Fills `target` with the row at a place; false where the file does not hold what was written. */
  read(place: number, target: Float32Array): boolean;
  close(): void;
}

const MAGIC = "kc rows 1";
const KEY_BYTES = 32;
/** Of the digest of a row. */
const CHECK_BYTES = 16;
/** The magic, padded; the space; length and count. */
const HEAD_BYTES = 16 + KEY_BYTES + 16;

/** Rows as a file: a head, the table of keys and digests, the numbers. All numbers are little-endian. */
export function segmentBytes({ space, length }: SegmentKind, rows: FeatureRows): OutputBytes {
  return {
    byteLength: HEAD_BYTES + rows.size * (KEY_BYTES + CHECK_BYTES + 4 * length),
    *chunks() {
      const head = Buffer.alloc(HEAD_BYTES);
      head.write(MAGIC, "latin1");
      head.write(space, 16, "hex");
      head.writeUIntLE(length, 16 + KEY_BYTES, 6);
      head.writeUIntLE(rows.size, 24 + KEY_BYTES, 6);
      yield head;
      for (const [key, row] of rows) {
        yield Buffer.concat([Buffer.from(key, "hex"), checkOf(bytesOf(row))]);
      }
      for (const row of rows.values()) yield bytesOf(row);
    },
  };
}

/** Opens a file of such rows; undefined where it is none, is cut off, or was made by something else. Throws `io-read`. */
export function openSegment(path: string, { space, length }: SegmentKind): Segment | undefined {
  const file = openToRead(path);
  const { size } = fstatSync(file);
  const head = Buffer.alloc(HEAD_BYTES);
  if (size >= HEAD_BYTES) readFully(file, path, 0, head);
  const count = head.readUIntLE(24 + KEY_BYTES, 6);
  const rowBytes = 4 * length;
  const sound =
    head.toString("latin1", 0, 16) === MAGIC.padEnd(16, "\0") &&
    head.toString("hex", 16, 16 + KEY_BYTES) === space &&
    head.readUIntLE(16 + KEY_BYTES, 6) === length &&
    size === HEAD_BYTES + count * (KEY_BYTES + CHECK_BYTES + rowBytes);
  if (!sound) {
    closeSync(file);
    return undefined;
  }
  const table = Buffer.alloc(count * (KEY_BYTES + CHECK_BYTES));
  readFully(file, path, HEAD_BYTES, table);
  const entry = (place: number): number => place * (KEY_BYTES + CHECK_BYTES);
  const data = HEAD_BYTES + table.length;
  return {
    keys: Array.from({ length: count }, (_, place) =>
      table.toString("hex", entry(place), entry(place) + KEY_BYTES),
    ),
    read(place, target) {
      const bytes = bytesOf(target);
      readFully(file, path, data + place * rowBytes, bytes);
      const check = table.subarray(entry(place) + KEY_BYTES, entry(place + 1));
      return checkOf(bytes).equals(check);
    },
    close: () => closeSync(file),
  };
}

function checkOf(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest().subarray(0, CHECK_BYTES);
}

/** The numbers where they lie: every machine that Node runs on has them little-endian. */
function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
