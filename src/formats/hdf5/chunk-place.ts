import type { Cursor } from "./cursor.ts";

/** A stored chunk. */
export interface ChunkPlace {
  readonly address: number;
  /** Bytes as stored. */
  readonly size: number;
  /** Bit i: filter i was skipped. */
  readonly mask: number;
}

/** Finds an element of an array index by its number. */
export type FindElement = (number: number) => ChunkPlace | undefined;

/** What the elements of an array index look like. */
export interface ElementKind {
  /** Elements tell size and filter mask beside the address. */
  readonly filtered: boolean;
  /** The chunk of usual size at an address. */
  plain(address: number): ChunkPlace;
}

/** Reads one element of `size` bytes; undefined for a chunk that was never written. */
export function readElement(
  cursor: Cursor,
  kind: ElementKind,
  size: number,
): ChunkPlace | undefined {
  const address = cursor.address();
  if (address === undefined) return undefined;
  if (!kind.filtered) return kind.plain(address);
  const stored = cursor.uint(size - cursor.place.offsetSize - 4);
  return { address, size: stored, mask: cursor.u32() };
}

/** Checks that the elements have the size that their kind demands. */
export function checkElementSize(cursor: Cursor, kind: ElementKind, size: number): void {
  const { offsetSize } = cursor.place;
  const sizeBytes = size - offsetSize - 4;
  const sound = kind.filtered ? sizeBytes >= 1 && sizeBytes <= 8 : size === offsetSize;
  if (!sound) cursor.corrupt(`has elements of ${size} bytes`);
}

/** One bit of a bitmap that counts from each byte's highest bit. */
export function hasBit(bitmap: Uint8Array, at: number): boolean {
  return ((bitmap[at >> 3] ?? 0) & (0x80 >> (at & 7))) !== 0;
}
