import {
  type ChunkPlace,
  checkElementSize,
  type ElementKind,
  type FindElement,
  hasBit,
  readElement,
} from "./chunk-place.ts";
import { Cursor } from "./cursor.ts";
import type { Hdf5Reader } from "./reader.ts";

/**
 * Opens a fixed array, the chunk index of datasets that cannot grow.
 *
 * @see HDF5 File Format Specification 3.0, section VII.C "The Fixed Array Index"
 */
export function openFixedArray(
  reader: Hdf5Reader,
  address: number,
  kind: ElementKind,
): FindElement {
  const array = readHeader(reader, address, kind);
  const { block } = array;
  if (block === undefined) return () => undefined;
  const { pageElements, elements, elementSize } = array;
  const prefix = 6 + reader.offsetSize;
  const at = (cursor: Cursor, index: number): ChunkPlace | undefined => {
    const fresh = new Cursor(cursor.bytes, cursor.place);
    fresh.skip(index * elementSize);
    return readElement(fresh.part(elementSize, "a chunk index element"), kind, elementSize);
  };
  if (elements <= pageElements) {
    const body = readBlock(reader, block, prefix + elements * elementSize + 4);
    return (number) => (number < elements ? at(body, number) : undefined);
  }
  const numPages = Math.ceil(elements / pageElements);
  const bitmapBytes = Math.ceil(numPages / 8);
  const bitmap = readBlock(reader, block, prefix + bitmapBytes + 4).bytes;
  const pages = new Map<number, Cursor>();
  const page = (index: number): Cursor => {
    const known = pages.get(index);
    if (known !== undefined) return known;
    const first = block + prefix + bitmapBytes + 4;
    const start = first + index * (pageElements * elementSize + 4);
    const count = Math.min(pageElements, elements - index * pageElements);
    reader.spend(count, PAGE);
    const cursor = reader.checkedCursor(start, count * elementSize + 4, PAGE);
    pages.set(index, cursor);
    return cursor;
  };
  return (number) => {
    const index = Math.floor(number / pageElements);
    if (number >= elements || !hasBit(bitmap, index)) return undefined;
    return at(page(index), number % pageElements);
  };
}

const BLOCK = "a fixed array's data block";
const PAGE = "a fixed array's page";

interface FixedArray {
  readonly elements: number;
  readonly elementSize: number;
  readonly pageElements: number;
  readonly block: number | undefined;
}

function readHeader(reader: Hdf5Reader, address: number, kind: ElementKind): FixedArray {
  const size = 12 + reader.lengthSize + reader.offsetSize;
  const cursor = reader.checkedCursor(address, size, "a fixed array");
  cursor.signature("FAHD");
  cursor.version(0);
  cursor.skip(1);
  const elementSize = cursor.u8();
  checkElementSize(cursor, kind, elementSize);
  const pageBits = cursor.u8();
  if (pageBits > 31) cursor.corrupt(`has pages of 2^${pageBits} elements`);
  const elements = cursor.length();
  return { elements, elementSize, pageElements: 2 ** pageBits, block: cursor.address() };
}

/** The block after its head: elements, or the bitmap of pages. */
function readBlock(reader: Hdf5Reader, address: number, size: number): Cursor {
  reader.spend(1, BLOCK);
  const cursor = reader.checkedCursor(address, size, BLOCK);
  cursor.signature("FADB");
  cursor.version(0);
  cursor.skip(1);
  cursor.definedAddress();
  return cursor.part(cursor.remaining);
}
