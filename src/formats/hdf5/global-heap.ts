import { fail } from "../../errors.ts";
import type { Cursor } from "./cursor.ts";
import type { Hdf5Reader } from "./reader.ts";

/** Variable-length data of a file. */
export interface GlobalHeap {
  /**
   * Starts reading one value: gives the bytes of one object of one collection. All objects of a value
   * together may not be much larger than the file, else it throws `limit`: thousands of elements
   * could share one large object.
   */
  open(): ReadHeapObject;
}

/** Gives the bytes of one object of the global heap. */
export type ReadHeapObject = (collection: number, index: number) => Uint8Array;

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
  const find = (address: number, index: number): Place => {
    const collection = open(address);
    const place = collection.objects.get(index);
    return place ?? collection.head.corrupt(`has no object ${index}`);
  };
  return {
    open() {
      let left = FREE + 4 * reader.source.size;
      return (address, index) => {
        const place = find(address, index);
        left -= place.length;
        if (left < 0) tooMuch(reader);
        return reader.cursor(place.address, place.length, "a global heap object").bytes;
      };
    },
  };
}

const FREE = 16 * 1024 * 1024;

function tooMuch(reader: Hdf5Reader): never {
  fail("limit", "A value of variable-length elements is many times as large as the file.", {
    at: { file: reader.source.name },
    hint: "The file is damaged or was made to cause harm.",
  });
}

interface Place {
  readonly address: number;
  readonly length: number;
}

interface Collection {
  readonly head: Cursor;
  readonly objects: ReadonlyMap<number, Place>;
}

function readCollection(reader: Hdf5Reader, address: number): Collection {
  // Heads are padded to eight bytes, which shows in files with short lengths.
  const headSize = Math.ceil((8 + reader.lengthSize) / 8) * 8;
  const head = reader.cursor(address, headSize, "a global heap collection");
  head.signature("GCOL");
  head.version(1);
  head.skip(3);
  const size = head.length();
  // The whole must lie within the file, though only the objects' heads are read.
  reader.checkRange(address, size, "a global heap collection");
  const end = address + size;
  const objects = new Map<number, Place>();
  let at = address + headSize;
  while (at + headSize <= end) {
    reader.spend(1, "a global heap object");
    const cursor = reader.cursor(at, headSize, "a global heap object");
    const index = cursor.u16();
    cursor.skip(6);
    const length = cursor.length();
    // Object 0 is the free space, always last.
    if (index === 0) break;
    if (at + headSize + length > end) cursor.corrupt("reaches beyond its collection");
    if (objects.has(index)) cursor.corrupt(`is the second with number ${index}`);
    objects.set(index, { address: at + headSize, length });
    at += headSize + Math.ceil(length / 8) * 8;
  }
  return { head, objects };
}
