import type { Cursor } from "./cursor.ts";

/** How many elements there are, and how many there may become. */
export interface Dataspace {
  /** `[]` for a scalar, null for "no elements at all" (a null dataspace, as h5py's `Empty`). */
  readonly shape: readonly number[] | null;
  /** As `shape`; undefined stands for an unlimited dimension. */
  readonly maxShape: readonly (number | undefined)[];
}

/**
 * Reads a dataspace message, versions 1 and 2.
 *
 * @throws KcError `corrupt-file` when the number of elements is beyond all reason (2^53).
 * @see HDF5 File Format Specification 3.0, section IV.A.2.b
 */
export function readDataspace(cursor: Cursor): Dataspace {
  const version = cursor.version(1, 2);
  const rank = cursor.u8();
  const flags = cursor.u8();
  if (rank > MAX_RANK) cursor.corrupt(`has ${rank} dimensions, expected ${MAX_RANK} at most`);
  if (version === 1) {
    cursor.skip(5);
  } else {
    const type = cursor.u8();
    if (type === 2) return { shape: null, maxShape: [] };
    if (type > 2 || (type === 0 && rank > 0)) cursor.corrupt(`has type ${type} with rank ${rank}`);
  }
  const shape = Array.from({ length: rank }, () => cursor.length());
  const elements = shape.reduce((product, dim) => product * dim, 1);
  if (!Number.isSafeInteger(elements)) {
    cursor.corrupt(`has the impossible shape (${shape.join(", ")})`);
  }
  const maxShape = (flags & 1) === 0 ? shape : shape.map(() => readMaximum(cursor));
  return { shape, maxShape };
}

const MAX_RANK = 32;

function readMaximum(cursor: Cursor): number | undefined {
  const { lengthSize } = cursor.place;
  const next = cursor.bytes.subarray(cursor.position, cursor.position + lengthSize);
  if (!next.every((byte) => byte === 0xff)) return cursor.length();
  cursor.skip(lengthSize);
  return undefined;
}
