import { fail } from "../../errors.ts";
import { type NumericArray, sizeOf } from "../../ir/tensor.ts";
import { createAttributes, type Hdf5Attributes } from "./attributes.ts";
import type { Cursor } from "./cursor.ts";
import { openData } from "./data.ts";
import { type Dataspace, readDataspace } from "./dataspace.ts";
import type { Hdf5Type } from "./datatype.ts";
import { readDatatype } from "./datatype-message.ts";
import { readFillValue } from "./fill-value.ts";
import { type ForeignData, readForeignData } from "./foreign-data.ts";
import { convert, dtypeOf, type Hdf5DType, numberReader } from "./numbers.ts";
import { findMessage, type HeaderMessage, MESSAGE } from "./object-header.ts";
import type { Hdf5Objects } from "./objects.ts";
import type { Hdf5Reader } from "./reader.ts";
import { messageBody } from "./shared-message.ts";
import type { DataBytes, Hdf5Storage } from "./storage.ts";
import { decodeElements, type Hdf5Scalar } from "./value.ts";

/** An array in the file. Only its header has been read; numbers move when asked for. */
export interface Hdf5Dataset {
  readonly kind: "dataset";
  readonly path: string;
  /** `[]` for a scalar; `[0]` for h5py's `Empty`, which has no elements. */
  readonly shape: readonly number[];
  readonly type: Hdf5Type;
  readonly dtype: Hdf5DType;
  readonly attributes: Hdf5Attributes;
  /** What elements hold that were never written, or undefined for zeros. */
  readonly fillValue: Hdf5Scalar | undefined;
  /** Where the data lies. Throws `unsupported` for virtual or external data, unknown filters. */
  readonly storage: Hdf5Storage;
  /** Other files that the data lies in; undefined when it lies in this one. */
  readonly foreign: ForeignData | undefined;
  /**
   * Fills `target` with the elements from row-major position `start` on, converted from any numeric
   * type. Little-endian float32 read into a `Float32Array` is a plain copy.
   *
   * @throws KcError `unsupported` when elements are not numbers, `bad-shape` beyond the last one.
   */
  readInto(target: NumericArray, start: number): void;
  /** Raw bytes of the elements, as stored apart from filters, from byte `start` on. */
  readBytes(start: number, target: Uint8Array): void;
  /** All elements, row-major, of any type: strings, booleans, exact integers. For small datasets. */
  readValues(): readonly Hdf5Scalar[];
  /** All elements as text. Throws `unsupported` when they are not strings. */
  readStrings(): readonly string[];
  /** All elements as exact integers. Throws `unsupported` when they are not integers. */
  readBigInts(): readonly bigint[];
}

/** The dataset with the header `messages`. */
export function createDataset(
  objects: Hdf5Objects,
  path: string,
  messages: readonly HeaderMessage[],
): Hdf5Dataset {
  const { reader } = objects;
  const body = (type: number) => {
    const message = findMessage(messages, type);
    return message === undefined ? undefined : messageBody(reader, message);
  };
  const { space, type } = objects.at(path, () => readHead(objects, body));
  const shape = space.shape ?? [0];
  let data: DataBytes | undefined;
  const open = () => {
    data ??= objects.at(path, () =>
      openData(objects, { type, shape, maxShape: space.maxShape, body }),
    );
    return data;
  };
  const values = () => objects.at(path, () => readValues(objects, type, sizeOf(shape), open()));
  return {
    kind: "dataset",
    path,
    shape,
    type,
    dtype: dtypeOf(type),
    attributes: createAttributes(objects, path, messages),
    get fillValue() {
      return objects.at(path, () => decodeFill(objects, type, body));
    },
    get storage() {
      return open().storage;
    },
    get foreign() {
      return objects.at(path, () => readForeignData(objects, body));
    },
    readInto(target, start) {
      objects.at(path, () => readNumbers(open(), { type, shape }, target, start));
    },
    readBytes(start, target) {
      objects.at(path, () => readRaw(open(), start, target));
    },
    readValues: values,
    readStrings: () => values().map((value) => asString(value, type, path)),
    readBigInts: () => values().map((value) => asBigInt(value, type, path)),
  };
}

function readHead(
  { reader }: Hdf5Objects,
  body: (type: number) => Cursor | undefined,
): { space: Dataspace; type: Hdf5Type } {
  const space = body(MESSAGE.dataspace);
  const type = body(MESSAGE.datatype);
  if (space === undefined || type === undefined) {
    const missing = space === undefined ? "shape" : "type";
    return fail("corrupt-file", `The dataset's header has no ${missing}.`, {
      at: { file: reader.source.name },
    });
  }
  return { space: readDataspace(space), type: readDatatype(type) };
}

/** Elements converted at a time, so that a conversion needs little memory. */
const STRIP = 16_384;

function readNumbers(
  data: DataBytes,
  { type, shape }: { readonly type: Hdf5Type; readonly shape: readonly number[] },
  target: NumericArray,
  start: number,
): void {
  checkInside(start, target.length, sizeOf(shape));
  if (isPlainCopy(type, target)) {
    const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    data.readInto(start * type.size, bytes);
    return;
  }
  const read = numberReader(type);
  if (read === undefined) notA("numbers", type);
  const strip = new Uint8Array(Math.min(STRIP, target.length) * type.size);
  for (let at = 0; at < target.length; at += STRIP) {
    const part = strip.subarray(0, Math.min(STRIP, target.length - at) * type.size);
    data.readInto((start + at) * type.size, part);
    convert(part, type.size, read, target, at);
  }
}

function isPlainCopy(type: Hdf5Type, target: NumericArray): boolean {
  if (type.kind !== "float" || type.endian !== HOST) return false;
  return type.format === (target instanceof Float32Array ? "float32" : "float64");
}

const HOST = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? "little" : "big";

function readRaw(data: DataBytes, start: number, target: Uint8Array): void {
  checkInside(start, target.length, data.storage.byteLength);
  data.readInto(start, target);
}

function checkInside(start: number, count: number, size: number): void {
  if (Number.isSafeInteger(start) && start >= 0 && start + count <= size) return;
  fail("bad-shape", `Elements ${start} to ${start + count} were asked for, but there are ${size}.`);
}

function decodeFill(
  { reader, heap }: Hdf5Objects,
  type: Hdf5Type,
  body: (type: number) => Cursor | undefined,
): Hdf5Scalar | undefined {
  const bytes = readFillValue(body(MESSAGE.fillValue), body(MESSAGE.oldFillValue));
  if (bytes.length === 0) return undefined;
  return decodeElements(type, 1, over(reader, bytes, "a fill value"), heap)[0];
}

/** Elements as single values cost many times their bytes. */
const MAX_VALUES = 2_000_000;

function readValues(
  { reader, heap }: Hdf5Objects,
  type: Hdf5Type,
  count: number,
  data: DataBytes,
): Hdf5Scalar[] {
  if (count > MAX_VALUES) {
    fail("limit", `The dataset has ${count} elements; at most ${MAX_VALUES} are read one by one.`, {
      at: { file: reader.source.name },
    });
  }
  const bytes = new Uint8Array(count * type.size);
  data.readInto(0, bytes);
  return decodeElements(type, count, over(reader, bytes, "the data"), heap);
}

function over(reader: Hdf5Reader, bytes: Uint8Array, what: string): Cursor {
  return reader.cursor(0, 0, what).over(bytes, what);
}

function asString(value: Hdf5Scalar, type: Hdf5Type, path: string): string {
  return typeof value === "string" ? value : notA("strings", type, path);
}

function asBigInt(value: Hdf5Scalar, type: Hdf5Type, path: string): bigint {
  if (typeof value === "bigint") return value;
  const sound = typeof value === "number" && isInteger(type);
  return sound ? BigInt(value) : notA("integers", type, path);
}

function isInteger(type: Hdf5Type): boolean {
  return type.kind === "integer" || (type.kind === "enum" && isInteger(type.base));
}

function notA(what: string, type: Hdf5Type, path?: string): never {
  fail("unsupported", `The elements are of type ${dtypeOf(type)}, expected ${what}.`, {
    ...(path === undefined ? {} : { at: { path } }),
  });
}
