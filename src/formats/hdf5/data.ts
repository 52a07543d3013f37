import { fail } from "../../errors.ts";
import { sizeOf } from "../../ir/tensor.ts";
import { chunkedData } from "./chunked-data.ts";
import type { Cursor } from "./cursor.ts";
import type { Hdf5Type } from "./datatype.ts";
import { readFillValue } from "./fill-value.ts";
import { readLayout } from "./layout.ts";
import { MESSAGE } from "./object-header.ts";
import type { Hdf5Objects } from "./objects.ts";
import type { Hdf5Reader } from "./reader.ts";
import { compactData, contiguousData, type DataBytes, unallocatedData } from "./storage.ts";

/** The parts of a dataset's header that say how its data is kept. */
export interface DataHeader {
  readonly type: Hdf5Type;
  readonly shape: readonly number[];
  /** Undefined stands for an unlimited dimension. */
  readonly maxShape: readonly (number | undefined)[];
  /** The first message of a type. */
  body(type: number): Cursor | undefined;
}

/**
 * Opens the data of a dataset; nothing but metadata is read.
 *
 * @throws KcError `unsupported` for external files, virtual datasets and unknown filters, `limit`
 * for a size that the file cannot hold, `corrupt-file`.
 */
export function openData(objects: Hdf5Objects, header: DataHeader): DataBytes {
  const { reader } = objects;
  const byteLength = sizeOf(header.shape) * header.type.size;
  if (header.body(MESSAGE.externalFiles) !== undefined) {
    fail("unsupported", "The data lies in external files, which are not followed.", {
      at: { file: reader.source.name },
      hint: "Copy it into one file, for instance with h5repack or h5py.",
    });
  }
  const message = header.body(MESSAGE.layout);
  if (message === undefined) {
    return fail("corrupt-file", "The dataset's header has no data layout.", {
      at: { file: reader.source.name },
    });
  }
  const layout = readLayout(message);
  checkClaim(reader, byteLength, layout.kind);
  const fill = readFillValue(header.body(MESSAGE.fillValue), header.body(MESSAGE.oldFillValue));
  switch (layout.kind) {
    case "compact":
      return compactData(reader.source, layout.bytes, byteLength);
    case "contiguous": {
      const { address } = layout;
      // Arrays without elements have no place either.
      if (address === undefined || byteLength === 0) return unallocatedData(fill, byteLength);
      return contiguousData(reader, { ...layout, address }, byteLength);
    }
    case "chunked":
      return chunkedData(objects, header, layout, fill);
  }
}

/** What deflate can expand a file to, and room for small arrays that were never written. */
const EXPANSION = 1032;
const FREE = 16 * 1024 * 1024;

function checkClaim(reader: Hdf5Reader, byteLength: number, kind: string): void {
  const { size, name } = reader.source;
  const limit = kind === "chunked" ? FREE + EXPANSION * size : FREE + size;
  if (byteLength <= limit) return;
  fail("limit", `The shape claims ${byteLength} bytes, which a file of ${size} cannot hold.`, {
    at: { file: name },
    hint: "The file is damaged or was made to cause harm.",
  });
}
