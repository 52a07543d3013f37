import { fail, type Place } from "../../errors.ts";
import { type ByteSource, checkRange, readBytes, sliceSource } from "../bytes.ts";
import type { MILSpecDataType } from "./types.gen.ts";

/** Size of the header, of a record, and what all offsets are multiples of; in bytes. */
export const RECORD = 64;

/** One array of a weight file. */
export interface Blob {
  readonly dataType: MILSpecDataType;
  /** Its bytes, a window of the file. */
  readonly data: ByteSource;
  /** Where these begin in the file. */
  readonly start: number;
  /** Bits of the last byte that belong to no number, for numbers of less than a byte. */
  readonly unusedBits: number;
}

/** A weight file: `weights/weight.bin` of a package. */
export interface BlobStorage {
  readonly source: ByteSource;
  /** How many arrays the file says it has. */
  readonly count: number;
  /**
   * The array whose record starts at a byte offset, as programs name it.
   *
   * @throws KcError `corrupt-file` when there is none, or it does not lie within the file.
   */
  blob(offset: number): Blob;
}

/**
 * Opens a weight file of version 2: a header, then records and their data by turns, each at a multiple of 64.
 *
 * @throws KcError `bad-format` for other files, `unsupported` for other versions, `corrupt-file`.
 * @see coremltools mlmodel/src/MILBlob/Blob/StorageFormat.hpp
 */
export function openBlobStorage(source: ByteSource): BlobStorage {
  const view = viewOf(source, 0, "The header of the weight file");
  const count = view.getUint32(0, true);
  const version = view.getUint32(4, true);
  const at = { file: source.name };
  if (version !== VERSION) {
    const code = version < 16 ? "unsupported" : "bad-format";
    fail(code, `The weight file has version ${version}, expected ${VERSION}.`, { at });
  }
  const most = Math.floor((source.size - RECORD) / RECORD);
  if (count > most) {
    fail("corrupt-file", `The weight file claims ${count} arrays in ${source.size} bytes.`, {
      at,
      hint: "The file is truncated or damaged; fetch it again.",
    });
  }
  return { source, count, blob: (offset) => readRecord(source, offset) };
}

/** Bits that one number of a type takes in a weight file, or in the bytes of a literal; undefined for text. */
export function bitsOf(type: MILSpecDataType): number | undefined {
  return BITS[type];
}

const VERSION = 2;
const SENTINEL = 0xdeadbeef;

/** The codes of a weight file are not those of a program. */
const TYPES: readonly (MILSpecDataType | undefined)[] = [
  undefined,
  "FLOAT16",
  "FLOAT32",
  "UINT8",
  "INT8",
  "BFLOAT16",
  "INT16",
  "UINT16",
  "INT4",
  "UINT1",
  "UINT2",
  "UINT4",
  "UINT3",
  "UINT6",
  "INT32",
  "UINT32",
  "FLOAT8E4M3FN",
  "FLOAT8E5M2",
];

const BITS: Readonly<Partial<Record<MILSpecDataType, number>>> = {
  BOOL: 8,
  FLOAT16: 16,
  FLOAT32: 32,
  FLOAT64: 64,
  BFLOAT16: 16,
  FLOAT8E4M3FN: 8,
  FLOAT8E5M2: 8,
  INT4: 4,
  INT8: 8,
  INT16: 16,
  INT32: 32,
  INT64: 64,
  UINT1: 1,
  UINT2: 2,
  UINT3: 3,
  UINT4: 4,
  UINT6: 6,
  UINT8: 8,
  UINT16: 16,
  UINT32: 32,
  UINT64: 64,
};

function readRecord(source: ByteSource, offset: number): Blob {
  const at: Place = { file: source.name, path: `byte ${offset}` };
  if (offset < RECORD || offset % RECORD !== 0) {
    damaged(at, `The program looks for an array at byte ${offset}, which is no place for one`);
  }
  const view = viewOf(source, offset, "The record of an array");
  const sentinel = view.getUint32(0, true);
  if (sentinel !== SENTINEL) {
    damaged(at, "There is no array where the program looks for one");
  }
  const code = view.getUint32(4, true);
  const dataType = TYPES[code];
  if (dataType === undefined) return damaged(at, `An array has the unknown type ${code}`);
  const size = Number(view.getBigUint64(8, true));
  const start = Number(view.getBigUint64(16, true));
  const unusedBits = Number(view.getBigUint64(24, true));
  if (start < offset + RECORD || start % RECORD !== 0) {
    damaged(
      at,
      `The numbers of an array should begin at byte ${start}, which is no place for them`,
    );
  }
  if (unusedBits > ((BITS[dataType] ?? 8) < 8 ? 7 : 0) || unusedBits > size * 8) {
    damaged(at, `${unusedBits} bits at the end of an array of ${dataType} are said to be unused`);
  }
  checkRange(source, start, size, `An array of ${dataType}`);
  return { dataType, data: sliceSource(source, start, size), start, unusedBits };
}

function viewOf(source: ByteSource, offset: number, what: string): DataView {
  return new DataView(readBytes(source, offset, RECORD, what).buffer);
}

function damaged(at: Place, text: string): never {
  return fail("corrupt-file", `${text}.`, {
    at,
    hint: "The file is damaged, or of another model than the program.",
  });
}
