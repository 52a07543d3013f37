import type { Cursor } from "./cursor.ts";
import type {
  Charset,
  Endian,
  Hdf5ArrayType,
  Hdf5Enum,
  Hdf5Field,
  Hdf5Float,
  Hdf5Integer,
  Hdf5Type,
  Padding,
} from "./datatype.ts";
import { decodeText } from "./text.ts";

/**
 * Reads a datatype message, versions 1 to 5.
 *
 * @see HDF5 File Format Specification 3.0, section IV.A.2.d
 */
export function readDatatype(cursor: Cursor, depth = 0): Hdf5Type {
  if (depth > MAX_DEPTH) cursor.corrupt(`nests more than ${MAX_DEPTH} types`);
  const first = cursor.u8();
  const [version, classNumber] = [first >> 4, first & 15];
  if (version < 1 || version > 5) cursor.corrupt(`has version ${version}, expected 1 to 5`);
  const bits = cursor.uint(3);
  const size = cursor.u32();
  if (size === 0) cursor.corrupt("describes elements of no size");
  const read = CLASSES[classNumber];
  if (read === undefined) return cursor.corrupt(`has the unknown class ${classNumber}`);
  return read(cursor, { version, bits, size, depth });
}

const MAX_DEPTH = 16;

interface Head {
  readonly version: number;
  /** The class bit field. */
  readonly bits: number;
  readonly size: number;
  readonly depth: number;
}

const CLASSES: readonly ((cursor: Cursor, head: Head) => Hdf5Type)[] = [
  readInteger,
  readFloat,
  (cursor, { size }) => {
    cursor.skip(2);
    return { kind: "time", size };
  },
  (_, { bits, size }) => ({
    kind: "string",
    size,
    padding: paddingOf(bits),
    charset: charsetOf(bits >> 4),
  }),
  (cursor, { size }) => {
    cursor.skip(4);
    return { kind: "bitfield", size };
  },
  (cursor, { bits, size }) => ({ kind: "opaque", size, tag: readTag(cursor, bits & 0xff) }),
  readCompound,
  (_, { size }) => ({ kind: "reference", size }),
  readEnum,
  readVlen,
  readArray,
  readComplex,
];

const PADDINGS = ["nul-terminated", "nul-padded", "space-padded"] as const;

function paddingOf(bits: number): Padding {
  return PADDINGS[bits & 15] ?? "nul-padded";
}

function charsetOf(bits: number): Charset {
  return (bits & 15) === 0 ? "ascii" : "utf-8";
}

function endianOf(bits: number): Endian {
  return (bits & 1) === 0 ? "little" : "big";
}

function readInteger(cursor: Cursor, { bits, size }: Head): Hdf5Integer {
  const bitOffset = cursor.u16();
  const precision = cursor.u16();
  const plain = bitOffset === 0 && precision === 8 * size && [1, 2, 4, 8].includes(size);
  return { kind: "integer", size, signed: (bits & 8) !== 0, endian: endianOf(bits), plain };
}

/** Bit offset, precision, exponent place and size, mantissa place and size, bias, sign's place. */
const FLOATS = [
  { format: "float16", layout: [0, 16, 10, 5, 0, 10, 15, 15] },
  { format: "bfloat16", layout: [0, 16, 7, 8, 0, 7, 127, 15] },
  { format: "float32", layout: [0, 32, 23, 8, 0, 23, 127, 31] },
  { format: "float64", layout: [0, 64, 52, 11, 0, 52, 1023, 63] },
] as const;

function readFloat(cursor: Cursor, { bits, size }: Head): Hdf5Float {
  const widths = [2, 2, 1, 1, 1, 1, 4];
  const layout = [...widths.map((width) => cursor.uint(width)), (bits >> 8) & 0xff];
  const known = FLOATS.find(
    (float) => float.layout[1] === 8 * size && float.layout.every((n, at) => n === layout[at]),
  );
  // Bits 4 and 5: the mantissa's leading bit is implied (2), as in every IEEE type.
  const format = ((bits >> 4) & 3) === 2 ? (known?.format ?? "other") : "other";
  return { kind: "float", size, endian: (bits & 0x40) !== 0 ? "other" : endianOf(bits), format };
}

function readTag(cursor: Cursor, length: number): string {
  return decodeText(cursor.take(length));
}

function readCompound(cursor: Cursor, head: Head): Hdf5Type {
  const count = head.bits & 0xffff;
  const fields: Hdf5Field[] = [];
  for (let at = 0; at < count; at += 1) fields.push(readField(cursor, head));
  return { kind: "compound", size: head.size, fields };
}

function readField(cursor: Cursor, head: Head): Hdf5Field {
  const name = readName(cursor, head.version);
  const offset = head.version >= 3 ? cursor.uint(offsetBytes(head.size)) : cursor.u32();
  const dims = head.version === 1 ? readOldDims(cursor) : [];
  const base = readDatatype(cursor, head.depth + 1);
  const size = dims.reduce((product, dim) => product * dim, base.size);
  if (offset + size > head.size)
    cursor.corrupt(`has the field "${name}" outside its ${head.size} bytes`);
  return { name, offset, type: dims.length === 0 ? base : { kind: "array", size, dims, base } };
}

/** Version 1 fields are arrays by themselves: rank, then four dimensions of which rank count. */
function readOldDims(cursor: Cursor): readonly number[] {
  const rank = cursor.u8();
  if (rank > 4) cursor.corrupt(`has a field of ${rank} dimensions, expected 4 at most`);
  cursor.skip(11);
  return Array.from({ length: 4 }, () => cursor.u32()).slice(0, rank);
}

/** Version 3 field offsets take the fewest bytes that hold the compound's size. */
function offsetBytes(size: number): number {
  if (size < 2 ** 8) return 1;
  if (size < 2 ** 16) return 2;
  return size < 2 ** 24 ? 3 : 4;
}

function readEnum(cursor: Cursor, head: Head): Hdf5Enum {
  const base = readDatatype(cursor, head.depth + 1);
  if (base.size !== head.size) cursor.corrupt(`is an enum of ${head.size} bytes over ${base.size}`);
  const count = head.bits & 0xffff;
  const names: string[] = [];
  for (let at = 0; at < count; at += 1) names.push(readName(cursor, head.version));
  const members = names.map((name) => ({ name, value: cursor.take(head.size) }));
  return { kind: "enum", size: head.size, base, members };
}

function readVlen(cursor: Cursor, { bits, size, depth }: Head): Hdf5Type {
  const base = readDatatype(cursor, depth + 1);
  if ((bits & 15) !== 1) return { kind: "vlen", size, base };
  const padding = paddingOf(bits >> 4);
  return { kind: "vlen-string", size, padding, charset: charsetOf(bits >> 8) };
}

function readArray(cursor: Cursor, { version, size, depth }: Head): Hdf5ArrayType {
  const rank = cursor.u8();
  if (version < 3) cursor.skip(3);
  const dims = Array.from({ length: rank }, () => cursor.u32());
  if (version < 3) cursor.skip(4 * rank);
  const base = readDatatype(cursor, depth + 1);
  const expected = dims.reduce((product, dim) => product * dim, base.size);
  if (expected !== size) cursor.corrupt(`is an array of ${size} bytes, expected ${expected}`);
  return { kind: "array", size, dims, base };
}

/** HDF5 2.0's complex numbers, told as the compound that h5py wrote before. */
function readComplex(cursor: Cursor, { size, depth }: Head): Hdf5Type {
  const type = readDatatype(cursor, depth + 1);
  if (2 * type.size !== size) cursor.corrupt(`is a pair of ${type.size} bytes each in ${size}`);
  const fields = [
    { name: "r", offset: 0, type },
    { name: "i", offset: type.size, type },
  ];
  return { kind: "compound", size, fields };
}

/** A NUL-terminated name; before version 3 padded to a multiple of eight bytes. */
function readName(cursor: Cursor, version: number): string {
  const end = cursor.bytes.indexOf(0, cursor.position);
  if (end < 0) cursor.corrupt("has a name without an end");
  const length = end + 1 - cursor.position;
  return decodeText(cursor.take(version >= 3 ? length : Math.ceil(length / 8) * 8));
}
