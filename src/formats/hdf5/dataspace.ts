import type { Cursor } from "./cursor.ts";

/**
 * The shape a dataspace message tells: `[]` for a scalar, null for "no elements at all" (a null
 * dataspace, as h5py's `Empty`).
 *
 * @throws KcError `corrupt-file` when the number of elements is beyond all reason (2^53).
 * @see HDF5 File Format Specification 3.0, section IV.A.2.b
 */
export function readDataspace(cursor: Cursor): readonly number[] | null {
  const version = cursor.version(1, 2);
  const rank = cursor.u8();
  const flags = cursor.u8();
  if (rank > 32) cursor.corrupt(`has ${rank} dimensions, expected 32 at most`);
  if (version === 2) {
    const type = cursor.u8();
    if (type === 2) return null;
    if (type > 2 || (type === 0 && rank > 0)) cursor.corrupt(`has type ${type} with rank ${rank}`);
  } else {
    cursor.skip(5);
  }
  const shape = Array.from({ length: rank }, () => cursor.length());
  // Maximum sizes follow; "unlimited" is not a number, so they are only checked to be there.
  if ((flags & 1) !== 0) cursor.skip(rank * cursor.place.lengthSize);
  const elements = shape.reduce((product, dim) => product * dim, 1);
  if (!Number.isSafeInteger(elements))
    cursor.corrupt(`has the impossible shape (${shape.join(", ")})`);
  return shape;
}
