import type { Cursor } from "./cursor.ts";

/**
 * Bytes of one element that stand for "never written", or none for zeros.
 *
 * @see HDF5 File Format Specification 3.0, sections IV.A.2.e and IV.A.2.f
 */
export function readFillValue(current: Cursor | undefined, old: Cursor | undefined): Uint8Array {
  if (current !== undefined) return readCurrent(current);
  return old === undefined ? new Uint8Array(0) : old.take(old.u32());
}

function readCurrent(cursor: Cursor): Uint8Array {
  const version = cursor.version(1, 2, 3);
  if (version === 3) {
    const flags = cursor.u8();
    return (flags & 0x20) !== 0 ? cursor.take(cursor.u32()) : new Uint8Array(0);
  }
  cursor.skip(2);
  const defined = cursor.u8() !== 0;
  // Version 1 always has a size, version 2 only for a defined value.
  return defined || version === 1 ? cursor.take(cursor.u32()) : new Uint8Array(0);
}
