import { fail } from "../../errors.ts";
import type { ByteSource } from "../bytes.ts";
import type { Cursor } from "./cursor.ts";
import type { Hdf5Reader } from "./reader.ts";

/** What the first structure of a file says. */
export interface Superblock {
  readonly version: 0 | 1 | 2 | 3;
  /** Bytes before the superblock, which belong to somebody else. */
  readonly userBlock: number;
  readonly offsetSize: number;
  readonly lengthSize: number;
  /** Address of the root group's object header. */
  readonly root: number;
  /** Byte of the file at which the HDF5 part ends, as it says itself. */
  readonly end: number;
}

/** Byte at which an HDF5 signature stands (0, 512, 1024, 2048, …), or undefined. */
export function findSignature(source: ByteSource): number | undefined {
  const bytes = new Uint8Array(SIGNATURE.length);
  for (let at = 0; at + bytes.length <= source.size; at = at === 0 ? 512 : at * 2) {
    source.readInto(at, bytes);
    if (SIGNATURE.every((byte, index) => bytes[index] === byte)) return at;
  }
  return undefined;
}

/**
 * Reads the superblock (versions 0 to 3).
 *
 * @throws KcError `bad-format` without a signature, `corrupt-file` when truncated.
 * @see HDF5 File Format Specification 3.0, section II.A
 */
export function readSuperblock(reader: Hdf5Reader): Superblock {
  const { source } = reader;
  const userBlock = findSignature(source);
  if (userBlock === undefined) {
    fail("bad-format", "This is not an HDF5 file: it has no HDF5 signature.", {
      at: { file: source.name },
    });
  }
  const head = reader.cursor(userBlock, Math.min(16, source.size - userBlock), "the superblock");
  head.skip(SIGNATURE.length);
  const version = head.u8();
  switch (version) {
    case 0:
    case 1:
      return readOld(reader, head, { version, userBlock });
    case 2:
    case 3:
      return readNew(reader, head, { version, userBlock });
    default:
      return head.corrupt(`has version ${version}, expected 0, 1, 2 or 3`);
  }
}

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a] as const;

type Start = Pick<Superblock, "version" | "userBlock">;

function readOld(reader: Hdf5Reader, head: Cursor, start: Start): Superblock {
  head.skip(4);
  const sizes = readSizes(head);
  const extra = start.version === 1 ? 4 : 0;
  const length = 24 + extra + 6 * sizes.offsetSize + 8 + 16;
  const body = wholeSuperblock(reader, start.userBlock, length, sizes);
  body.skip(24 + extra);
  const base = body.definedAddress();
  body.address();
  const end = body.definedAddress();
  body.address();
  body.address();
  const root = body.definedAddress();
  return { ...start, ...sizes, root, end: checkEnd(reader, end - base + start.userBlock) };
}

function readNew(reader: Hdf5Reader, head: Cursor, start: Start): Superblock {
  const sizes = readSizes(head);
  const length = 12 + 4 * sizes.offsetSize + 4;
  wholeSuperblock(reader, start.userBlock, length, sizes);
  const body = reader
    .configure({ base: 0, ...sizes })
    .checkedCursor(start.userBlock, length, "the superblock");
  body.skip(12);
  const base = body.definedAddress();
  body.address();
  const end = body.definedAddress();
  const root = body.definedAddress();
  return { ...start, ...sizes, root, end: checkEnd(reader, end - base + start.userBlock) };
}

function readSizes(head: Cursor): { offsetSize: number; lengthSize: number } {
  const offsetSize = head.u8();
  const lengthSize = head.u8();
  const sound = [offsetSize, lengthSize].every((size) => size === 2 || size === 4 || size === 8);
  if (!sound) {
    head.corrupt(`has addresses of ${offsetSize} and lengths of ${lengthSize} bytes`);
  }
  return { offsetSize, lengthSize };
}

function wholeSuperblock(
  reader: Hdf5Reader,
  at: number,
  length: number,
  sizes: { offsetSize: number; lengthSize: number },
): Cursor {
  const { size } = reader.source;
  if (at + length > size) truncated(reader.source, `${at + length} or more`);
  return reader.configure({ base: 0, ...sizes }).cursor(at, length, "the superblock");
}

/** The file says how long it is; a shorter one was cut. A longer one may have been padded. */
function checkEnd(reader: Hdf5Reader, end: number): number {
  return end > reader.source.size ? truncated(reader.source, String(end)) : end;
}

function truncated(source: ByteSource, expected: string): never {
  fail("corrupt-file", `The HDF5 file is truncated at byte ${source.size} of ${expected}.`, {
    at: { file: source.name },
    hint: "The download or copy was interrupted; fetch the file again.",
  });
}
