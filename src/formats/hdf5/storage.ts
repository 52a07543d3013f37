import { fail } from "../../errors.ts";
import type { ByteSource } from "../bytes.ts";
import type { Layout } from "./layout.ts";
import type { Hdf5Reader } from "./reader.ts";

/** Where the data of a dataset lies, for those who compare or copy. Offsets are bytes of the file. */
export type Hdf5Storage =
  | { readonly kind: "contiguous"; readonly offset: number; readonly byteLength: number }
  | { readonly kind: "compact"; readonly byteLength: number }
  | {
      readonly kind: "chunked";
      readonly byteLength: number;
      readonly chunkShape: readonly number[];
      readonly filters: readonly string[];
    }
  /** Nothing was written: every element is the fill value. */
  | { readonly kind: "unallocated"; readonly byteLength: number };

/** The bytes of a dataset in row-major order, however they are stored. */
export interface DataBytes {
  readonly storage: Hdf5Storage;
  /** Fills `target` with the bytes from `start` on. */
  readInto(start: number, target: Uint8Array): void;
}

/** Data in one piece: the source is read directly. */
export function contiguousData(
  reader: Hdf5Reader,
  layout: Extract<Layout, { kind: "contiguous" }> & { readonly address: number },
  byteLength: number,
): DataBytes {
  const offset = reader.base + layout.address;
  const stored = layout.byteLength ?? byteLength;
  if (stored !== byteLength) sizeMismatch(reader.source, stored, byteLength);
  reader.checkRange(layout.address, byteLength, "the data");
  return {
    storage: { kind: "contiguous", offset, byteLength },
    readInto: (start, target) => reader.source.readInto(offset + start, target),
  };
}

/** Data inside the object header. */
export function compactData(source: ByteSource, bytes: Uint8Array, byteLength: number): DataBytes {
  if (bytes.length !== byteLength) sizeMismatch(source, bytes.length, byteLength);
  return {
    storage: { kind: "compact", byteLength },
    readInto: (start, target) => target.set(bytes.subarray(start, start + target.length)),
  };
}

/** Data that was never written. `fill` is one element, or empty for zeros. */
export function unallocatedData(fill: Uint8Array, byteLength: number): DataBytes {
  return {
    storage: { kind: "unallocated", byteLength },
    readInto: (start, target) => fillBytes(target, fill, start),
  };
}

/** Repeats `fill` over `target`, whose first byte is number `start` of the data. */
export function fillBytes(target: Uint8Array, fill: Uint8Array, start: number): void {
  if (fill.every((byte) => byte === 0)) {
    target.fill(0);
    return;
  }
  for (let at = 0; at < target.length; at += 1) target[at] = fill[(start + at) % fill.length] ?? 0;
}

function sizeMismatch(source: ByteSource, stored: number, expected: number): never {
  fail("corrupt-file", `The data is ${stored} bytes long, but the shape needs ${expected}.`, {
    at: { file: source.name },
    hint: "The file is damaged; fetch it again.",
  });
}
