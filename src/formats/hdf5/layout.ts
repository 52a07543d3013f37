import { fail } from "../../errors.ts";
import type { Cursor } from "./cursor.ts";

/** Where a dataset's bytes lie. */
export type Layout =
  | { readonly kind: "compact"; readonly bytes: Uint8Array }
  | {
      readonly kind: "contiguous";
      /** Undefined while nothing has been written. */
      readonly address: number | undefined;
      /** As stored; old versions do not tell. */
      readonly byteLength: number | undefined;
    }
  | ChunkedLayout;

/** Data cut into chunks of one shape. */
export interface ChunkedLayout {
  readonly kind: "chunked";
  /** In elements, one number per dimension. */
  readonly chunkShape: readonly number[];
  readonly elementSize: number;
  /** True when chunks that reach over the edge are stored without filters. */
  readonly plainEdges: boolean;
  readonly index: ChunkIndex;
}

/** How the chunks are found; addresses are undefined while nothing has been written. */
export type ChunkIndex =
  | { readonly kind: "btree-v1"; readonly address: number | undefined }
  | {
      readonly kind: "single";
      readonly address: number | undefined;
      /** Only when filters are applied. */
      readonly stored: { readonly size: number; readonly filterMask: number } | undefined;
    }
  | { readonly kind: "implicit"; readonly address: number | undefined }
  | { readonly kind: "fixed-array"; readonly address: number | undefined }
  | { readonly kind: "extensible-array"; readonly address: number | undefined }
  | { readonly kind: "btree-v2"; readonly address: number | undefined };

/**
 * Reads a data layout message, versions 1 to 5; the last (HDF5 2.0) only allows larger chunks.
 *
 * @throws KcError `unsupported` for virtual datasets.
 * @see HDF5 File Format Specification 3.0, section IV.A.2.i
 */
export function readLayout(cursor: Cursor): Layout {
  const version = cursor.version(1, 2, 3, 4, 5);
  if (version <= 2) return readOldLayout(cursor);
  const layoutClass = cursor.u8();
  switch (layoutClass) {
    case 0:
      return { kind: "compact", bytes: cursor.take(cursor.u16()) };
    case 1:
      return { kind: "contiguous", address: cursor.address(), byteLength: cursor.length() };
    case 2:
      return version === 3 ? readChunkedV3(cursor) : readChunkedV4(cursor);
    case 3:
      return fail("unsupported", "This is a virtual dataset: its data lies in other files.", {
        at: { file: cursor.place.file },
        hint: "Copy it into one file, for instance with h5repack or h5py.",
      });
    default:
      return cursor.corrupt(`has the unknown class ${layoutClass}`);
  }
}

function readOldLayout(cursor: Cursor): Layout {
  const rank = cursor.u8();
  const layoutClass = cursor.u8();
  cursor.skip(5);
  if (layoutClass === 0) {
    cursor.skip(4 * rank);
    return { kind: "compact", bytes: cursor.take(cursor.u32()) };
  }
  const address = cursor.address();
  if (layoutClass === 1) return { kind: "contiguous", address, byteLength: undefined };
  if (layoutClass !== 2) return cursor.corrupt(`has the unknown class ${layoutClass}`);
  // The rank counts the element size as a last dimension.
  return chunked(
    cursor,
    Array.from({ length: rank }, () => cursor.u32()),
    {
      kind: "btree-v1",
      address,
    },
  );
}

function readChunkedV3(cursor: Cursor): Layout {
  const rank = cursor.u8();
  const address = cursor.address();
  const dims = Array.from({ length: rank }, () => cursor.u32());
  return chunked(cursor, dims, { kind: "btree-v1", address });
}

function readChunkedV4(cursor: Cursor): Layout {
  const flags = cursor.u8();
  const rank = cursor.u8();
  const width = cursor.u8();
  const dims = Array.from({ length: rank }, () => cursor.uint(width));
  return { ...chunked(cursor, dims, readIndex(cursor, flags)), plainEdges: (flags & 1) !== 0 };
}

function readIndex(cursor: Cursor, flags: number): ChunkIndex {
  const type = cursor.u8();
  switch (type) {
    case 1: {
      const filtered = (flags & 2) !== 0;
      const stored = filtered ? { size: cursor.length(), filterMask: cursor.u32() } : undefined;
      return { kind: "single", stored, address: cursor.address() };
    }
    case 2:
      return { kind: "implicit", address: cursor.address() };
    case 3:
      cursor.skip(1);
      return { kind: "fixed-array", address: cursor.address() };
    case 4:
      cursor.skip(5);
      return { kind: "extensible-array", address: cursor.address() };
    case 5:
      cursor.skip(6);
      return { kind: "btree-v2", address: cursor.address() };
    default:
      return cursor.corrupt(`has the unknown chunk index type ${type}`);
  }
}

function chunked(cursor: Cursor, dims: readonly number[], index: ChunkIndex): ChunkedLayout {
  const elementSize = dims.at(-1) ?? 0;
  const chunkShape = dims.slice(0, -1);
  if (chunkShape.length === 0 || dims.some((dim) => dim === 0)) {
    cursor.corrupt(`has chunks of the impossible shape (${chunkShape.join(", ")})`);
  }
  return { kind: "chunked", chunkShape, elementSize, plainEdges: false, index };
}
