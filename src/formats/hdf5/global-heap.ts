import { Cursor } from "./cursor.ts";
import type { Hdf5Reader } from "./reader.ts";

/** Variable-length data: `read` gives the bytes of one object of one collection. */
export interface GlobalHeap {
  read(collection: number, index: number): Uint8Array;
}

/**
 * @see HDF5 File Format Specification 3.0, section III.E
 */
export function createGlobalHeap(reader: Hdf5Reader): GlobalHeap {
  const collections = new Map<number, Collection>();
  const open = (address: number): Collection => {
    const known = collections.get(address);
    if (known !== undefined) return known;
    const collection = readCollection(reader, address);
    collections.set(address, collection);
    return collection;
  };
  return {
    read(address, index) {
      const collection = open(address);
      const place = collection.objects.get(index);
      if (place === undefined) return collection.head.corrupt(`has no object ${index}`);
      return reader.cursor(place.address, place.length, "a global heap object").bytes;
    },
  };
}

interface Collection {
  readonly head: Cursor;
  readonly objects: ReadonlyMap<number, { readonly address: number; readonly length: number }>;
}

function readCollection(reader: Hdf5Reader, address: number): Collection {
  const head = reader.cursor(address, 8 + reader.lengthSize, "a global heap collection");
  head.signature("GCOL");
  head.version(1);
  head.skip(3);
  const size = head.length();
  const objectHead = 8 + reader.lengthSize;
  // The whole must lie within the file, though only the objects' heads are read.
  const end = address + size;
  const objects = new Map<number, { address: number; length: number }>();
  let at = address + head.bytes.length;
  while (at + objectHead <= end) {
    reader.spend(1, "a global heap object");
    const cursor = reader.cursor(at, objectHead, "a global heap object");
    const index = cursor.u16();
    cursor.skip(6);
    const length = cursor.length();
    // Object 0 is the free space, always last.
    if (index === 0) break;
    if (at + objectHead + length > end) cursor.corrupt("reaches beyond its collection");
    if (objects.has(index)) cursor.corrupt(`is the second with number ${index}`);
    objects.set(index, { address: at + objectHead, length });
    at += objectHead + Math.ceil(length / 8) * 8;
  }
  return { head: new Cursor(head.bytes, head.place), objects };
}
