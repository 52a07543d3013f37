/** Byte order of numbers; `other` is the VAX order, which nothing here converts. */
export type Endian = "little" | "big" | "other";

/** An element type as the file describes it. `size` is bytes of one element in the data. */
export type Hdf5Type =
  | Hdf5Integer
  | Hdf5Float
  | Hdf5String
  | Hdf5VlenString
  | { readonly kind: "vlen"; readonly size: number; readonly base: Hdf5Type }
  | { readonly kind: "opaque"; readonly size: number; readonly tag: string }
  | Hdf5Enum
  | { readonly kind: "compound"; readonly size: number; readonly fields: readonly Hdf5Field[] }
  | Hdf5ArrayType
  | { readonly kind: "reference"; readonly size: number }
  | { readonly kind: "bitfield"; readonly size: number }
  | { readonly kind: "time"; readonly size: number };

/** A whole number of 1 to 8 bytes. */
export interface Hdf5Integer {
  readonly kind: "integer";
  readonly size: number;
  readonly signed: boolean;
  readonly endian: Endian;
  /** False when only some of the bits count, which nothing here converts. */
  readonly plain: boolean;
}

/** A floating-point number. */
export interface Hdf5Float {
  readonly kind: "float";
  readonly size: number;
  readonly endian: Endian;
  /** Which of the usual layouts of sign, exponent and mantissa; `other` is not converted. */
  readonly format: "float16" | "bfloat16" | "float32" | "float64" | "other";
}

/** How a fixed-length string fills its bytes. */
export type Padding = "nul-terminated" | "nul-padded" | "space-padded";

/** Encoding that the file claims for a string. */
export type Charset = "ascii" | "utf-8";

/** A string of fixed length. */
export interface Hdf5String {
  readonly kind: "string";
  readonly size: number;
  readonly padding: Padding;
  /** What the file claims; text is read as UTF-8 whatever it says. */
  readonly charset: Charset;
}

/** A string of any length, kept in the global heap. */
export interface Hdf5VlenString {
  readonly kind: "vlen-string";
  readonly size: number;
  readonly padding: Padding;
  readonly charset: Charset;
}

/** Names for whole numbers. */
export interface Hdf5Enum {
  readonly kind: "enum";
  readonly size: number;
  readonly base: Hdf5Type;
  /** Names with the bytes of their values, in file order. */
  readonly members: readonly { readonly name: string; readonly value: Uint8Array }[];
}

/** One field of a compound. */
export interface Hdf5Field {
  readonly name: string;
  /** Bytes from the start of the compound. */
  readonly offset: number;
  readonly type: Hdf5Type;
}

/** A small array as one element. */
export interface Hdf5ArrayType {
  readonly kind: "array";
  readonly size: number;
  readonly dims: readonly number[];
  readonly base: Hdf5Type;
}

/** True for h5py's bool: an enum of FALSE = 0 and TRUE = 1 over one byte. */
export function isBoolean(type: Hdf5Type): boolean {
  if (type.kind !== "enum" || type.size !== 1 || type.members.length !== 2) return false;
  const value = (name: string) => type.members.find((member) => member.name === name)?.value[0];
  return value("FALSE") === 0 && value("TRUE") === 1;
}
