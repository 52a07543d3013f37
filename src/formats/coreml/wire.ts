import { type Reader, Writer } from "protobufjs/minimal.js";
import { fail } from "../../errors.ts";
import type { FieldType, ScalarType } from "./schema.ts";

/** A value that is ready for the wire; enums are numbers here. */
export type Scalar =
  | { readonly type: NumberType; readonly value: number }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "string"; readonly value: string };

type NumberType = Exclude<ScalarType, "bool" | "string" | "bytes">;

/** Protobuf wire types: 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes. */
export const WIRE_TYPE: Readonly<Record<ScalarType, number>> = {
  double: 1,
  float: 5,
  int32: 0,
  uint32: 0,
  int64: 0,
  uint64: 0,
  bool: 0,
  string: 2,
  bytes: 2,
};

/** Checks that a value fits its field; throws `internal`, since messages are made by this program. */
export function toScalar(type: FieldType, value: unknown, path: string): Scalar {
  if (type.kind === "enum") {
    const number = typeof value === "string" ? type.numbers.get(value) : undefined;
    return number === undefined
      ? wrong(`one of ${[...type.numbers.keys()].join(", ")}`, value, path)
      : { type: "int32", value: number };
  }
  const scalar = type.kind === "scalar" ? type.scalar : "bytes";
  if (scalar === "bool" && typeof value === "boolean") return { type: "bool", value };
  if (scalar === "string" && typeof value === "string") return { type: "string", value };
  if (scalar === "bool" || scalar === "string" || scalar === "bytes" || typeof value !== "number") {
    return wrong(`of type ${scalar}`, value, path);
  }
  const range = RANGES[scalar];
  if (range !== undefined) {
    const [low, high] = range;
    if (!Number.isSafeInteger(value) || value < low || value > high) {
      return wrong(`an integer of type ${scalar}`, value, path);
    }
  }
  return { type: scalar, value };
}

/** Whether proto3 leaves the value off the wire. Minus zero is written. */
export function isDefault({ value }: Scalar): boolean {
  return value === false || value === "" || Object.is(value, 0);
}

/** Writes one value, without its tag. */
export function writeScalar(writer: Writer, scalar: Scalar): void {
  if (scalar.type === "bool") writer.bool(scalar.value);
  else if (scalar.type === "string") writer.string(scalar.value);
  else writer[scalar.type](scalar.value);
}

/** Reads one value. 64-bit integers beyond 2^53 come rounded; the caller checks. */
export function readScalar(
  reader: Reader,
  type: ScalarType,
): number | boolean | string | Uint8Array {
  const value = reader[type]();
  if (typeof value !== "object" || value instanceof Uint8Array) return value;
  const high = type === "uint64" ? value.high >>> 0 : value.high;
  return high * 2 ** 32 + (value.low >>> 0);
}

/** Numbers, booleans or enums one after another without tags. */
export function packScalars(scalars: readonly Scalar[]): Uint8Array {
  const writer = Writer.create();
  for (const scalar of scalars) writeScalar(writer, scalar);
  return writer.finish();
}

const RANGES: Readonly<Partial<Record<NumberType, readonly [number, number]>>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  uint64: [0, Number.MAX_SAFE_INTEGER],
};

function wrong(expected: string, value: unknown, path: string): never {
  return fail("internal", `${path} should be ${expected}, but is ${String(value)}.`);
}
