import { fail } from "../../errors.ts";
import type { DType, NumericArray } from "../../ir/tensor.ts";
import { fromBfloat16, fromFloat16 } from "../small-floats.ts";
import { type Hdf5Float, type Hdf5Integer, type Hdf5Type, isBoolean } from "./datatype.ts";

/** What elements are, in one word; the numeric ones can be read with `readInto`. */
export type Hdf5DType =
  | DType
  | "int16"
  | "uint16"
  | "uint32"
  | "uint64"
  | "string"
  | "opaque"
  | "compound"
  | "array"
  | "vlen"
  | "reference"
  | "bitfield"
  | "time"
  | "other";

/**
 * The word for a type. Opaque elements of two bytes are bfloat16: h5py has no other way to store
 * that type, and Keras 3 writes it so.
 */
export function dtypeOf(type: Hdf5Type): Hdf5DType {
  switch (type.kind) {
    case "integer":
      return type.plain && type.endian !== "other" ? integerName(type) : "other";
    case "float":
      return type.endian === "other" ? "other" : type.format;
    case "enum":
      return isBoolean(type) ? "bool" : dtypeOf(type.base);
    case "string":
    case "vlen-string":
      return "string";
    case "opaque":
      return type.size === 2 ? "bfloat16" : "opaque";
    default:
      return type.kind;
  }
}

/** How to turn stored elements into numbers; undefined for types that are not numbers. */
export function numberReader(type: Hdf5Type): NumberReader | undefined {
  switch (type.kind) {
    case "enum":
      return numberReader(type.base);
    case "opaque":
      return type.size === 2 ? (view, at) => fromBfloat16(view.getUint16(at, true)) : undefined;
    case "float":
      return floatReader(type);
    case "integer":
      return integerReader(type);
    default:
      return undefined;
  }
}

/** Reads one number at a byte offset. */
export type NumberReader = (view: DataView, at: number) => number;

/** Converts elements lying side by side in `bytes` to `target` from `start` on. */
export function convert(
  bytes: Uint8Array,
  elementSize: number,
  read: NumberReader,
  target: NumericArray,
  start: number,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = bytes.length / elementSize;
  for (let at = 0; at < count; at += 1) target[start + at] = read(view, at * elementSize);
}

/** One number of a float type. Throws `unsupported` for formats that nobody uses. */
export function numberAt(type: Hdf5Float, bytes: Uint8Array, file: string): number {
  const read = floatReader(type);
  if (read === undefined) return unsupported("floating-point", type.size, file);
  return read(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0);
}

/** One exact integer. Throws `unsupported` for odd widths. */
export function integerAt(type: Hdf5Integer, bytes: Uint8Array, file: string): bigint {
  if (!type.plain) return unsupported("integer", type.size, file);
  const ordered = type.endian === "big" ? bytes : bytes.toReversed();
  const value = ordered.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return type.signed ? BigInt.asIntN(8 * type.size, value) : value;
}

function unsupported(what: string, size: number, file: string): never {
  fail(
    "unsupported",
    `Elements of ${what} type with an unusual bit layout (${size} bytes) cannot be read.`,
    {
      at: { file },
    },
  );
}

function integerName(type: Hdf5Integer): Hdf5DType {
  const names = type.signed ? SIGNED : UNSIGNED;
  return names.get(type.size) ?? "other";
}

const SIGNED = new Map<number, Hdf5DType>([
  [1, "int8"],
  [2, "int16"],
  [4, "int32"],
  [8, "int64"],
]);
const UNSIGNED = new Map<number, Hdf5DType>([
  [1, "uint8"],
  [2, "uint16"],
  [4, "uint32"],
  [8, "uint64"],
]);

function floatReader(type: Hdf5Float): NumberReader | undefined {
  if (type.endian === "other") return undefined;
  const little = type.endian === "little";
  switch (type.format) {
    case "float16":
      return (view, at) => fromFloat16(view.getUint16(at, little));
    case "bfloat16":
      return (view, at) => fromBfloat16(view.getUint16(at, little));
    case "float32":
      return (view, at) => view.getFloat32(at, little);
    case "float64":
      return (view, at) => view.getFloat64(at, little);
    case "other":
      return undefined;
  }
}

function integerReader(type: Hdf5Integer): NumberReader | undefined {
  if (!type.plain) return undefined;
  const little = type.endian === "little";
  const { signed } = type;
  switch (type.size) {
    case 1:
      return signed ? (view, at) => view.getInt8(at) : (view, at) => view.getUint8(at);
    case 2:
      return signed
        ? (view, at) => view.getInt16(at, little)
        : (view, at) => view.getUint16(at, little);
    case 4:
      return signed
        ? (view, at) => view.getInt32(at, little)
        : (view, at) => view.getUint32(at, little);
    default:
      return signed
        ? (view, at) => Number(view.getBigInt64(at, little))
        : (view, at) => Number(view.getBigUint64(at, little));
  }
}
