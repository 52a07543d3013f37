import {
  type ChunkPlace,
  type ElementKind,
  type FindElement,
  hasBit,
  readElement,
} from "./chunk-place.ts";
import { Cursor } from "./cursor.ts";
import {
  blockOf,
  type ElementPlace,
  type ExtensibleArray,
  pagesOf,
  readArrayHeader,
} from "./extensible-array-header.ts";
import type { Hdf5Reader } from "./reader.ts";

/**
 * Opens an extensible array, the chunk index of datasets that can grow in one dimension: the first
 * elements stand in an index block, the next in data blocks, later ones in data blocks that super
 * blocks list. Large data blocks are cut into pages.
 *
 * @see HDF5 File Format Specification 3.0, section VII.D "The Extensible Array Index"
 */
export function openExtensibleArray(
  reader: Hdf5Reader,
  address: number,
  kind: ElementKind,
): FindElement {
  const array = readArrayHeader(reader, address, kind);
  if (array.indexBlock === undefined) return () => undefined;
  const blocks = createBlocks(reader, array);
  const { elementSize, indexElements } = array;
  const at = (cursor: Cursor, index: number): ChunkPlace | undefined => {
    cursor.skip(index * elementSize);
    return readElement(cursor.part(elementSize, "a chunk index element"), kind, elementSize);
  };
  return (number) => {
    if (number < indexElements) return at(blocks.index(), number);
    const place = blockOf(array, number - indexElements);
    const data = findDataBlock(reader, array, blocks, place);
    if (data === undefined) return undefined;
    const found = blocks.elements(data.address, place, data.bitmap);
    return found && at(found.cursor, found.at);
  };
}

const INDEX = "an extensible array's index block";
const SUPER = "an extensible array's super block";
const DATA = "an extensible array's data block";
const PAGE = "an extensible array's page";

/** Blocks by address, each read and checked once. Cursors stand at the first element or address. */
interface Blocks {
  index(): Cursor;
  super(address: number, place: ElementPlace): Cursor;
  /** The run of elements that holds `place`, or undefined for a page that was never written. */
  elements(
    address: number,
    place: ElementPlace,
    bitmap: Uint8Array | undefined,
  ): { cursor: Cursor; at: number } | undefined;
}

function createBlocks(reader: Hdf5Reader, array: ExtensibleArray): Blocks {
  const cache = new Map<number, Cursor>();
  const open = (address: number, what: string, size: number, head: (c: Cursor) => void) => {
    const known = cache.get(address);
    if (known !== undefined) return new Cursor(known.bytes, known.place);
    reader.spend(1 + Math.floor(size / array.elementSize), what);
    const cursor = reader.checkedCursor(address, size + 4, what);
    head(cursor);
    const body = cursor.part(cursor.remaining);
    cache.set(address, body);
    return new Cursor(body.bytes, body.place);
  };
  const prefix = 6 + reader.offsetSize;
  const { elementSize } = array;
  return {
    index() {
      const addresses = array.indexDataBlocks + array.indexSuperBlocks;
      const size = prefix + array.indexElements * elementSize + addresses * reader.offsetSize;
      return open(array.indexBlock ?? 0, INDEX, size, (cursor) => readHead(cursor, "EAIB"));
    },
    super(address, place) {
      const bitmaps = place.blocks * pagesOf(array, place).bitmapBytes;
      const size = prefix + array.offsetBytes + bitmaps + place.blocks * reader.offsetSize;
      return open(address, SUPER, size, (cursor) => {
        readHead(cursor, "EASB");
        cursor.skip(array.offsetBytes);
      });
    },
    elements(address, place, bitmap) {
      const { count } = pagesOf(array, place);
      const start = prefix + array.offsetBytes;
      const head = (cursor: Cursor) => {
        readHead(cursor, "EADB");
        cursor.skip(array.offsetBytes);
      };
      if (count === 0) {
        const cursor = open(address, DATA, start + place.elements * elementSize, head);
        return { cursor, at: place.element };
      }
      const block = open(address, DATA, start, head);
      if (bitmap === undefined) return block.corrupt("has pages, but no table of them");
      const page = Math.floor(place.element / array.pageElements);
      // The bits of all data blocks follow each other without gaps.
      if (!hasBit(bitmap, place.block * count + page)) return undefined;
      const size = array.pageElements * elementSize;
      const cursor = open(address + start + 4 + page * (size + 4), PAGE, size, () => undefined);
      return { cursor, at: place.element % array.pageElements };
    },
  };
}

function readHead(cursor: Cursor, letters: string): void {
  cursor.signature(letters);
  cursor.version(0);
  cursor.skip(1);
  cursor.definedAddress();
}

function findDataBlock(
  reader: Hdf5Reader,
  array: ExtensibleArray,
  blocks: Blocks,
  place: ElementPlace,
): { address: number; bitmap: Uint8Array | undefined } | undefined {
  const index = blocks.index();
  index.skip(array.indexElements * array.elementSize);
  if (place.superBlock < array.firstSuperBlock) {
    index.skip((place.firstBlock + place.block) * reader.offsetSize);
    const address = index.address();
    return address === undefined ? undefined : { address, bitmap: undefined };
  }
  const { bitmapBytes } = pagesOf(array, place);
  index.skip(
    (array.indexDataBlocks + place.superBlock - array.firstSuperBlock) * reader.offsetSize,
  );
  const superAddress = index.address();
  if (superAddress === undefined) return undefined;
  const block = blocks.super(superAddress, place);
  const bitmaps = block.take(place.blocks * bitmapBytes);
  block.skip(place.block * reader.offsetSize);
  const address = block.address();
  if (address === undefined) return undefined;
  return { address, bitmap: bitmaps };
}
