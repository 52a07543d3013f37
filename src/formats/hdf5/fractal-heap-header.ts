import { fail } from "../../errors.ts";
import type { Cursor } from "./cursor.ts";
import type { Hdf5Reader } from "./reader.ts";

/** The shape of a fractal heap: a table of blocks that double in size row by row. */
export interface FractalHeapHeader {
  readonly idLength: number;
  /** Bytes of an offset and of a length in an identifier. */
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  readonly checksummed: boolean;
  readonly hugeTree: number | undefined;
  readonly hugeIdsDirect: boolean;
  /** Blocks per row. */
  readonly width: number;
  readonly startSize: number;
  readonly maxDirectSize: number;
  readonly root: number | undefined;
  /** Rows of the root, or 0 when the root is a direct block. */
  readonly rows: number;
}

/**
 * @see HDF5 File Format Specification 3.0, section III.G
 */
export function readHeapHeader(reader: Hdf5Reader, address: number): FractalHeapHeader {
  const { offsetSize, lengthSize } = reader;
  const size = 26 + 3 * offsetSize + 12 * lengthSize;
  const cursor = reader.checkedCursor(address, size, "a fractal heap");
  cursor.signature("FRHP");
  cursor.version(0);
  const idLength = cursor.u16();
  if (cursor.u16() > 0) refuseFilters(reader);
  const flags = cursor.u8();
  const maxManaged = cursor.u32();
  cursor.length();
  const hugeTree = cursor.address();
  cursor.length();
  cursor.address();
  // Free space, allocated space, iterator, and counts of objects: not needed to read.
  cursor.skip(8 * lengthSize);
  const width = cursor.u16();
  const startSize = cursor.length();
  const maxDirectSize = cursor.length();
  const heapBits = cursor.u16();
  cursor.skip(2);
  const root = cursor.address();
  const rows = cursor.u16();
  checkTable(cursor, { width, startSize, maxDirectSize, heapBits, rows, idLength });
  return {
    idLength,
    offsetBytes: Math.ceil(heapBits / 8),
    lengthBytes: Math.min(Math.ceil(Math.log2(maxDirectSize) / 8), bytesFor(maxManaged)),
    checksummed: (flags & 2) !== 0,
    hugeTree,
    hugeIdsDirect: offsetSize + lengthSize <= idLength - 1,
    width,
    startSize,
    maxDirectSize,
    root,
    rows,
  };
}

interface Table {
  readonly width: number;
  readonly startSize: number;
  readonly maxDirectSize: number;
  readonly heapBits: number;
  readonly rows: number;
  readonly idLength: number;
}

function checkTable(cursor: Cursor, table: Table): void {
  const powers = [table.width, table.startSize, table.maxDirectSize].every(
    (size) => size > 0 && Number.isInteger(Math.log2(size)),
  );
  const sound =
    powers &&
    table.maxDirectSize >= table.startSize &&
    table.maxDirectSize <= 2 ** 32 &&
    table.heapBits <= 64 &&
    table.rows <= 64 &&
    table.idLength >= 2;
  if (!sound) cursor.corrupt("has a block table of impossible sizes");
}

function bytesFor(value: number): number {
  return value === 0 ? 1 : Math.floor(Math.log2(value) / 8) + 1;
}

function refuseFilters(reader: Hdf5Reader): never {
  fail("unsupported", "The file keeps links or attributes in a compressed heap.", {
    at: { file: reader.source.name },
    hint: "Repack it with h5repack.",
  });
}
