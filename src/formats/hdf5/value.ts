import { fail } from "../../errors.ts";
import type { Cursor } from "./cursor.ts";
import { type Hdf5Type, isBoolean } from "./datatype.ts";
import type { GlobalHeap, ReadHeapObject } from "./global-heap.ts";
import { integerAt, numberAt } from "./numbers.ts";
import { decodeFixed, decodeText } from "./text.ts";

/** One element: 64-bit integers are numbers while they are exact, bigints beyond; opaque is bytes. */
export type Hdf5Scalar =
  | string
  | number
  | bigint
  | boolean
  | Uint8Array
  | null
  | readonly Hdf5Scalar[]
  | ReadonlyMap<string, Hdf5Scalar>;

/**
 * Decodes `count` elements of any type, of which only variable-length ones need the heap.
 *
 * @throws KcError `unsupported` for types without a meaning here (time, odd floats).
 */
export function decodeElements(
  type: Hdf5Type,
  count: number,
  cursor: Cursor,
  heap: GlobalHeap,
): Hdf5Scalar[] {
  return decodeAll(type, count, cursor, heap.open());
}

function decodeAll(
  type: Hdf5Type,
  count: number,
  cursor: Cursor,
  heap: ReadHeapObject,
): Hdf5Scalar[] {
  if (count * type.size > cursor.remaining) {
    cursor.corrupt(`should hold ${count} elements of ${type.size} bytes, but ends too early`);
  }
  return Array.from({ length: count }, () => decode(type, cursor.part(type.size), heap));
}

function decode(type: Hdf5Type, cursor: Cursor, heap: ReadHeapObject): Hdf5Scalar {
  const { bytes } = cursor;
  switch (type.kind) {
    case "integer":
      return exact(integerAt(type, bytes, cursor.place.file));
    case "float":
      return numberAt(type, bytes, cursor.place.file);
    case "enum":
      return isBoolean(type) ? bytes[0] !== 0 : decode(type.base, cursor, heap);
    case "string":
      return decodeFixed(bytes, type.padding);
    case "vlen-string":
      return decodeText(readVlen(cursor, 1, heap));
    case "vlen":
      return decodeVlen(type.base, cursor, heap);
    case "array": {
      const count = type.dims.reduce((product, dim) => product * dim, 1);
      return decodeAll(type.base, count, cursor, heap);
    }
    case "compound":
      return decodeCompound(type, cursor, heap);
    case "opaque":
    case "reference":
    case "bitfield":
      return bytes.slice();
    case "time":
      return fail("unsupported", "Values of HDF5's time type cannot be read.", {
        at: { file: cursor.place.file },
      });
  }
}

function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function decodeVlen(base: Hdf5Type, cursor: Cursor, heap: ReadHeapObject): Hdf5Scalar[] {
  const bytes = readVlen(cursor, base.size, heap);
  const inner = cursor.over(bytes, "a variable-length value");
  return decodeAll(base, bytes.length / base.size, inner, heap);
}

function decodeCompound(
  type: Extract<Hdf5Type, { kind: "compound" }>,
  cursor: Cursor,
  heap: ReadHeapObject,
): ReadonlyMap<string, Hdf5Scalar> {
  return new Map(
    type.fields.map((field) => {
      const bytes = cursor.bytes.subarray(field.offset, field.offset + field.type.size);
      return [field.name, decode(field.type, cursor.over(bytes, "a compound's field"), heap)];
    }),
  );
}

/** Count, then collection and number of the object; an undefined or zero address is "empty". */
function readVlen(cursor: Cursor, elementSize: number, heap: ReadHeapObject): Uint8Array {
  const length = cursor.u32() * elementSize;
  const collection = cursor.address();
  const index = cursor.u32();
  if (length === 0 || collection === undefined || collection === 0) return new Uint8Array(0);
  const bytes = heap(collection, index);
  if (bytes.length < length) {
    cursor.corrupt(`promises ${length} bytes, but the heap holds ${bytes.length}`);
  }
  return bytes.subarray(0, length);
}
