import { checkElementSize, type ElementKind } from "./chunk-place.ts";
import type { Cursor } from "./cursor.ts";
import type { Hdf5Reader } from "./reader.ts";

/** The measures of an extensible array, all of which follow from its header. */
export interface ExtensibleArray {
  readonly elementSize: number;
  /** Elements in the index block itself. */
  readonly indexElements: number;
  /** Addresses of data blocks, and of super blocks, in the index block. */
  readonly indexDataBlocks: number;
  readonly indexSuperBlocks: number;
  /** Super blocks before this one do not exist: the index block lists their data blocks. */
  readonly firstSuperBlock: number;
  readonly minBlockElements: number;
  readonly pageElements: number;
  /** Bytes of an element's number. */
  readonly offsetBytes: number;
  readonly indexBlock: number | undefined;
}

/** Where an element stands that is not in the index block. */
export interface ElementPlace {
  readonly superBlock: number;
  /** Data blocks of that super block, and elements of each. */
  readonly blocks: number;
  readonly elements: number;
  /** Data blocks before the super block's first. */
  readonly firstBlock: number;
  /** The data block within the super block, and the element within the data block. */
  readonly block: number;
  readonly element: number;
}

/** The header of an extensible array at `address`. */
export function readArrayHeader(
  reader: Hdf5Reader,
  address: number,
  kind: ElementKind,
): ExtensibleArray {
  const size = 16 + 6 * reader.lengthSize + reader.offsetSize;
  const cursor = reader.checkedCursor(address, size, "an extensible array");
  cursor.signature("EAHD");
  cursor.version(0);
  cursor.skip(1);
  const elementSize = cursor.u8();
  checkElementSize(cursor, kind, elementSize);
  const maxBits = cursor.u8();
  const indexElements = cursor.u8();
  const minBlockElements = powerOfTwo(cursor, cursor.u8());
  const minPointers = powerOfTwo(cursor, cursor.u8());
  const pageBits = cursor.u8();
  if (maxBits > 64 || pageBits > 31) cursor.corrupt(`has 2^${maxBits} elements`);
  cursor.skip(6 * reader.lengthSize);
  const superBlocks = 1 + maxBits - Math.log2(minBlockElements);
  const firstSuperBlock = 2 * Math.log2(minPointers);
  if (superBlocks < firstSuperBlock) cursor.corrupt("has no room for its super blocks");
  return {
    elementSize,
    indexElements,
    indexDataBlocks: 2 * (minPointers - 1),
    indexSuperBlocks: superBlocks - firstSuperBlock,
    firstSuperBlock,
    minBlockElements,
    pageElements: 2 ** pageBits,
    offsetBytes: Math.ceil(maxBits / 8),
    indexBlock: cursor.address(),
  };
}

/**
 * Super block n has 2^⌊n/2⌋ data blocks of 2^⌈n/2⌉ times the smallest block's elements, so that n
 * starts at (2^n − 1) smallest blocks.
 */
export function blockOf(array: ExtensibleArray, number: number): ElementPlace {
  const smallest = array.minBlockElements;
  const superBlock = Math.floor(Math.log2(Math.floor(number / smallest) + 1));
  const blocks = 2 ** Math.floor(superBlock / 2);
  const elements = 2 ** Math.ceil(superBlock / 2) * smallest;
  const within = number - (2 ** superBlock - 1) * smallest;
  let firstBlock = 0;
  for (let before = 0; before < superBlock; before += 1) firstBlock += 2 ** Math.floor(before / 2);
  const block = Math.floor(within / elements);
  return { superBlock, blocks, elements, firstBlock, block, element: within % elements };
}

/** Pages of one data block, 0 when it is small enough to have none, and bytes of their bitmap. */
export function pagesOf(
  array: ExtensibleArray,
  place: ElementPlace,
): { count: number; bitmapBytes: number } {
  const count =
    place.elements > array.pageElements ? Math.ceil(place.elements / array.pageElements) : 0;
  return { count, bitmapBytes: Math.ceil(count / 8) };
}

function powerOfTwo(cursor: Cursor, value: number): number {
  if (value > 0 && Number.isInteger(Math.log2(value))) return value;
  return cursor.corrupt(`has blocks of ${value}, which is no power of two`);
}
