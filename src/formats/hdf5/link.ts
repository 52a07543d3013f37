import type { Cursor } from "./cursor.ts";
import { decodeText } from "./text.ts";

/** Where a name in a group leads. */
export type Hdf5Link =
  | { readonly kind: "hard"; readonly address: number }
  | { readonly kind: "soft"; readonly target: string }
  | { readonly kind: "external"; readonly file: string; readonly target: string }
  | { readonly kind: "user-defined"; readonly type: number };

/**
 * Reads a link message.
 *
 * @see HDF5 File Format Specification 3.0, section IV.A.2.g
 */
export function readLink(cursor: Cursor): readonly [string, Hdf5Link] {
  cursor.version(1);
  const flags = cursor.u8();
  const type = (flags & 8) !== 0 ? cursor.u8() : 0;
  if ((flags & 4) !== 0) cursor.skip(8);
  if ((flags & 16) !== 0) cursor.skip(1);
  const name = decodeText(cursor.take(cursor.uint(1 << (flags & 3))));
  return [name, readTarget(cursor, type)];
}

function readTarget(cursor: Cursor, type: number): Hdf5Link {
  if (type === 0) return { kind: "hard", address: cursor.definedAddress() };
  const value = cursor.take(cursor.u16());
  if (type === 1) return { kind: "soft", target: decodeText(value) };
  if (type !== 64) return { kind: "user-defined", type };
  // One byte of version and flags, then the file's name and the object's path, both NUL-terminated.
  const end = value.indexOf(0, 1);
  const file = decodeText(value.subarray(1));
  return { kind: "external", file, target: end < 0 ? "" : decodeText(value.subarray(end + 1)) };
}
