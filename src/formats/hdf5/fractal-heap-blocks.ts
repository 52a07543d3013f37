import { Cursor } from "./cursor.ts";
import type { FractalHeapHeader } from "./fractal-heap-header.ts";
import { lookup3 } from "./lookup3.ts";
import type { Hdf5Reader } from "./reader.ts";

/** Objects inside the heap's blocks, by their place in the heap's own address space. */
export interface HeapBlocks {
  read(offset: number, length: number): Cursor;
}

/** Reads the blocks of a fractal heap, each once. */
export function createHeapBlocks(reader: Hdf5Reader, header: FractalHeapHeader): HeapBlocks {
  const direct = new Map<number, Cursor>();
  const indirect = new Map<number, Cursor>();
  const openDirect = (block: Block): Cursor => {
    const known = direct.get(block.address);
    if (known !== undefined) return known;
    const cursor = readDirect(reader, header, block);
    if (direct.size >= MAX_CACHED) direct.clear();
    direct.set(block.address, cursor);
    return cursor;
  };
  const openIndirect = (address: number, rows: number, offset: number): Cursor => {
    const known = indirect.get(address);
    if (known !== undefined) return new Cursor(known.bytes, known.place);
    const cursor = readIndirect(reader, header, { address, rows, offset });
    indirect.set(address, cursor);
    return new Cursor(cursor.bytes, cursor.place);
  };
  return {
    read(offset, length) {
      const block = findBlock(reader, header, openIndirect, offset);
      const cursor = openDirect(block);
      const within = new Cursor(cursor.bytes, cursor.place);
      within.skip(offset - block.offset);
      return within.part(length, "a heap object");
    },
  };
}

const MAX_CACHED = 64;
const DIRECT = "a fractal heap's direct block";
const INDIRECT = "a fractal heap's indirect block";

interface Block {
  readonly address: number;
  /** In the heap's address space. */
  readonly offset: number;
  readonly size: number;
}

type OpenIndirect = (address: number, rows: number, offset: number) => Cursor;

function findBlock(
  reader: Hdf5Reader,
  header: FractalHeapHeader,
  open: OpenIndirect,
  target: number,
): Block {
  let address = header.root;
  if (address === undefined) return missing(reader, target);
  if (header.rows === 0) return { address, offset: 0, size: header.startSize };
  let base = 0;
  let { rows } = header;
  // Each step leads to a smaller block, so this ends.
  for (;;) {
    const cursor: Cursor = open(address, rows, base);
    const entry = locate(header, target - base);
    if (entry.row >= rows) return cursor.corrupt(`does not reach heap offset ${target}`);
    cursor.skip((entry.row * header.width + entry.column) * reader.offsetSize);
    address = cursor.definedAddress();
    base += entry.offset;
    if (entry.row < directRows(header)) return { address, offset: base, size: entry.size };
    rows = Math.log2(entry.size / (header.startSize * header.width)) + 1;
    if (rows < 1) return cursor.corrupt("leads to a block without rows");
  }
}

/** Row 0 and 1 hold blocks of the starting size, each further row blocks of twice the size. */
function locate(
  { width, startSize }: FractalHeapHeader,
  offset: number,
): { row: number; column: number; offset: number; size: number } {
  const first = width * startSize;
  const row = offset < first ? 0 : Math.floor(Math.log2(offset / first)) + 1;
  const size = row === 0 ? startSize : startSize * 2 ** (row - 1);
  const rowStart = row === 0 ? 0 : first * 2 ** (row - 1);
  const column = Math.floor((offset - rowStart) / size);
  return { row, column, offset: rowStart + column * size, size };
}

function directRows({ startSize, maxDirectSize }: FractalHeapHeader): number {
  return Math.log2(maxDirectSize) - Math.log2(startSize) + 2;
}

function readIndirect(
  reader: Hdf5Reader,
  header: FractalHeapHeader,
  block: { address: number; rows: number; offset: number },
): Cursor {
  const prefix = 5 + reader.offsetSize + header.offsetBytes;
  const entries = block.rows * header.width;
  reader.spend(entries, INDIRECT);
  const size = prefix + entries * reader.offsetSize + 4;
  const cursor = reader.checkedCursor(block.address, size, INDIRECT);
  cursor.signature("FHIB");
  checkPlace(cursor, header, block.offset);
  return cursor.part(cursor.remaining);
}

function readDirect(reader: Hdf5Reader, header: FractalHeapHeader, block: Block): Cursor {
  reader.spend(1, DIRECT);
  const cursor = reader.cursor(block.address, block.size, DIRECT);
  cursor.signature("FHDB");
  checkPlace(cursor, header, block.offset);
  if (header.checksummed) checkSum(cursor);
  return cursor;
}

/** After the signature: version, the heap's address, and the block's own place in the heap. */
function checkPlace(cursor: Cursor, header: FractalHeapHeader, offset: number): void {
  cursor.version(0);
  cursor.definedAddress();
  const found = cursor.uint(header.offsetBytes);
  if (found !== offset) cursor.corrupt(`is at heap offset ${found}, expected ${offset}`);
}

/** The checksum stands in the middle and counts as zeros itself. */
function checkSum(cursor: Cursor): void {
  const at = cursor.position;
  const stored = cursor.u32();
  const zeroed = cursor.bytes.slice();
  zeroed.fill(0, at, at + 4);
  if (lookup3(zeroed) !== stored) cursor.corrupt("fails its checksum");
}

function missing(reader: Hdf5Reader, target: number): never {
  return reader.cursor(0, 0, "a fractal heap").corrupt(`is empty, but offset ${target} is named`);
}
