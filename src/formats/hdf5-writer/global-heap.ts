import { aligned, FieldWriter, signature } from "./field-writer.ts";

/** Texts of any length, gathered while a file is laid out. */
export interface TextHeap {
  /** Adds a text; gives what an attribute says in its place, once the addresses are known. */
  add(text: string): () => Uint8Array;
  /** The collections of the heap, to be placed. */
  collections(): readonly HeapCollection[];
}

/** Some of the texts: one piece of the file. */
export interface HeapCollection {
  readonly byteLength: number;
  /** Says where it lies. */
  place(address: number): void;
  encode(): Uint8Array;
}

/**
 * A heap without texts.
 *
 * @see HDF5 File Format Specification 3.0, section III.E
 */
export function createTextHeap(): TextHeap {
  const lists: Collection[] = [];
  return {
    add(text) {
      const bytes = new TextEncoder().encode(text);
      // Of an empty text the place does not matter, and no object may be empty.
      if (bytes.length === 0) return () => new Uint8Array(REFERENCE);
      let list = lists.at(-1);
      if (list === undefined || list.objects.length === MOST_OBJECTS) {
        list = { objects: [], address: 0 };
        lists.push(list);
      }
      const { objects } = list;
      objects.push(bytes);
      const index = objects.length;
      const owner = list;
      return () => new FieldWriter(REFERENCE).u32(bytes.length).u64(owner.address).u32(index).bytes;
    },
    collections: () => lists.map(asPiece),
  };
}

/** Bytes that stand in an attribute for a text in the heap. */
export const REFERENCE = 16;

interface Collection {
  readonly objects: Uint8Array[];
  address: number;
}

const HEAD = 16;
const SMALLEST = 4096;
/** Objects are numbered in 16 bits, from 1 on. */
const MOST_OBJECTS = 60_000;

function asPiece(list: Collection): HeapCollection {
  const used = list.objects.reduce((sum, { length }) => sum + HEAD + aligned(length), HEAD);
  const byteLength = Math.max(used + HEAD, SMALLEST);
  return {
    byteLength,
    place(address) {
      list.address = address;
    },
    encode() {
      const fields = new FieldWriter(byteLength).put(signature("GCOL")).u8(1, 0, 0, 0);
      fields.u64(byteLength);
      for (const [index, bytes] of list.objects.entries()) {
        fields
          .u16(index + 1)
          .u16(1)
          .skip(4)
          .u64(bytes.length)
          .put(bytes)
          .align();
      }
      // Object 0 is what is left, its own head included.
      fields
        .u16(0)
        .u16(0)
        .skip(4)
        .u64(byteLength - used);
      return fields.bytes;
    },
  };
}
