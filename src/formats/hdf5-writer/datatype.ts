import type { StoredType } from "./content.ts";
import { FieldWriter } from "./field-writer.ts";

/** Bytes of one number. */
export const ELEMENT_SIZE: Readonly<Record<StoredType, number>> = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  uint8: 1,
  int8: 1,
  bool: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  int16: 2,
};

/**
 * A datatype message, version 1. `bfloat16` is opaque and `bool` an enum, as h5py has them.
 *
 * @see HDF5 File Format Specification 3.0, section IV.A.2.d
 */
export function numberType(dtype: StoredType): Uint8Array {
  return ENCODINGS[dtype]();
}

/** A string of fixed length, padded with NULs. */
export function fixedStringType(size: number, charset: "ascii" | "utf-8"): Uint8Array {
  return head(3, [charset === "ascii" ? 1 : 0x11, 0, 0], size, 8).bytes;
}

/** A string of any length. Its base is a byte: with a character h5py 2 cannot read it. */
export function variableStringType(charset: "ascii" | "utf-8"): Uint8Array {
  const base = integer(1, false);
  return head(9, [1, charset === "ascii" ? 0 : 1, 0], 16, 8 + base.length).put(base).bytes;
}

const ENCODINGS: Readonly<Record<StoredType, () => Uint8Array>> = {
  float64: () => float(8, [52, 11, 0, 52], 1023),
  float32: () => float(4, [23, 8, 0, 23], 127),
  float16: () => float(2, [10, 5, 0, 10], 15),
  bfloat16: () => head(5, [0, 0, 0], 2, 8).bytes,
  int64: () => integer(8, true),
  int32: () => integer(4, true),
  uint8: () => integer(1, false),
  int8: () => integer(1, true),
  bool: boolean,
  uint16: () => integer(2, false),
  uint32: () => integer(4, false),
  uint64: () => integer(8, false),
  int16: () => integer(2, true),
};

function head(
  typeClass: number,
  bits: readonly [number, number, number],
  size: number,
  length: number,
): FieldWriter {
  return new FieldWriter(length).u8(0x10 | typeClass, ...bits).u32(size);
}

function integer(size: number, signed: boolean): Uint8Array {
  return head(0, [signed ? 8 : 0, 0, 0], size, 12)
    .u16(0)
    .u16(8 * size).bytes;
}

/** `places`: of the exponent and its size, of the mantissa and its size, in bits. */
function float(
  size: number,
  places: readonly [number, number, number, number],
  bias: number,
): Uint8Array {
  const sign = 8 * size - 1;
  return head(1, [0x20, sign, 0], size, 20)
    .u16(0)
    .u16(8 * size)
    .u8(...places)
    .u32(bias).bytes;
}

function boolean(): Uint8Array {
  const base = integer(1, true);
  const text = new TextEncoder();
  return head(8, [2, 0, 0], 1, 8 + base.length + 16 + 2)
    .put(base)
    .put(text.encode("FALSE\0\0\0"))
    .put(text.encode("TRUE\0\0\0\0"))
    .u8(0, 1).bytes;
}
