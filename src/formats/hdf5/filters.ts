import { fail } from "../../errors.ts";
import type { Cursor } from "./cursor.ts";
import { fletcher32 } from "./fletcher32.ts";
import { inflateZlib } from "./inflate.ts";
import { unpackLzf } from "./lzf.ts";
import { decodeText } from "./text.ts";

/** One step that was applied to each chunk before it was stored. */
export interface Filter {
  readonly id: number;
  readonly name: string;
  readonly values: readonly number[];
}

/**
 * Reads a filter pipeline message, versions 1 and 2.
 *
 * @throws KcError `unsupported` for filters that are refused or unknown, by name.
 * @see HDF5 File Format Specification 3.0, section IV.A.2.l
 */
export function readFilters(cursor: Cursor | undefined): readonly Filter[] {
  if (cursor === undefined) return [];
  return readPipeline(cursor).map(({ id, name, values }) => {
    const known = KNOWN.get(id);
    return known === undefined ? refuse(id, name, cursor) : { id, name: known, values };
  });
}

/** The filters of a pipeline message that are no part of the HDF5 library: `"my filter" (40000)`. */
export function listPlugIns(cursor: Cursor | undefined): readonly string[] {
  if (cursor === undefined) return [];
  return readPipeline(cursor)
    .filter(({ id }) => id >= FIRST_PLUG_IN && !KNOWN.has(id))
    .map(({ id, name }) => `${REFUSED.get(id) ?? JSON.stringify(name)} (${id})`);
}

/** Numbers below are the library's own; LZF, which h5py brings, is known. */
const FIRST_PLUG_IN = 256;

/**
 * Undoes the filters on one stored chunk, last first. Bit i of `mask` says that filter i was skipped.
 * The result is exactly `length` bytes, and no step makes more.
 */
export function undoFilters(
  filters: readonly Filter[],
  stored: Uint8Array,
  chunk: { readonly length: number; readonly mask: number; readonly cursor: Cursor },
): Uint8Array {
  let bytes = stored;
  for (let at = filters.length - 1; at >= 0; at -= 1) {
    const filter = filters[at];
    if (filter === undefined || ((chunk.mask >>> at) & 1) === 1) continue;
    // A checksum applied before this step is still inside what this step gives.
    const length = chunk.length + checksumBytes(filters.slice(0, at), chunk.mask);
    bytes = undo(filter, bytes, length) ?? damaged(filter, chunk.cursor);
  }
  if (bytes.length !== chunk.length) {
    chunk.cursor.corrupt(`holds ${bytes.length} bytes of data, expected ${chunk.length}`);
  }
  return bytes;
}

/** The most bytes that a chunk stored in `stored` bytes can become. */
export function expansionLimit(filters: readonly Filter[], stored: number): number {
  return filters.reduce((limit, { id }) => limit * (EXPANSION.get(id) ?? 1), stored);
}

const DEFLATE = 1;
const SHUFFLE = 2;
const FLETCHER32 = 3;
const LZF = 32000;

/** Deflate: 258 bytes per two bits. LZF: 264 bytes from three. */
const EXPANSION = new Map([
  [DEFLATE, 1032],
  [LZF, 88],
]);

const KNOWN = new Map([
  [DEFLATE, "deflate"],
  [SHUFFLE, "shuffle"],
  [FLETCHER32, "fletcher32"],
  [LZF, "lzf"],
]);

const REFUSED = new Map([
  [4, "szip"],
  [5, "n-bit"],
  [6, "scale-offset"],
  [305, "LZO"],
  [307, "bzip2"],
  [32001, "Blosc"],
  [32004, "LZ4"],
  [32008, "bitshuffle"],
  [32013, "ZFP"],
  [32015, "Zstandard"],
  [32026, "Blosc2"],
]);

function readPipeline(cursor: Cursor): readonly Filter[] {
  const version = cursor.version(1, 2);
  const count = cursor.u8();
  if (count > 32) cursor.corrupt(`has ${count} filters, expected 32 at most`);
  if (version === 1) cursor.skip(6);
  return Array.from({ length: count }, () => readFilter(cursor, version));
}

function readFilter(cursor: Cursor, version: number): Filter {
  const id = cursor.u16();
  // Version 2 names only the filters that are not the library's own.
  const nameLength = version === 1 || id >= 256 ? cursor.u16() : 0;
  cursor.skip(2);
  const count = cursor.u16();
  const padded = version === 1 ? Math.ceil(nameLength / 8) * 8 : nameLength;
  const name = decodeText(cursor.take(padded));
  const values = Array.from({ length: count }, () => cursor.u32());
  if (version === 1 && count % 2 === 1) cursor.skip(4);
  return { id, name, values };
}

function refuse(id: number, name: string, cursor: Cursor): never {
  const called = REFUSED.get(id) ?? (name === "" ? "an unknown one" : `"${name}"`);
  fail(
    "unsupported",
    `The data is packed with a filter that is not read here: ${called} (${id}).`,
    {
      at: { file: cursor.place.file },
      hint: "Repack the file, for instance with h5repack -f GZIP=4.",
    },
  );
}

function damaged({ name }: Filter, cursor: Cursor): never {
  cursor.corrupt(`cannot be unpacked: its ${name} data is damaged`);
}

function checksumBytes(filters: readonly Filter[], mask: number): number {
  return filters.filter(({ id }, at) => id === FLETCHER32 && ((mask >>> at) & 1) === 0).length * 4;
}

function undo(filter: Filter, bytes: Uint8Array, length: number): Uint8Array | undefined {
  switch (filter.id) {
    case DEFLATE:
      return inflateZlib(bytes, length);
    case SHUFFLE:
      return unshuffle(bytes, filter.values[0] ?? 1);
    case FLETCHER32:
      return verify(bytes);
    default:
      return unpackLzf(bytes, length);
  }
}

/** All first bytes, then all second bytes, …; what does not fill an element stays at the end. */
function unshuffle(bytes: Uint8Array, size: number): Uint8Array {
  const count = size === 0 ? 0 : Math.floor(bytes.length / size);
  if (size <= 1 || count <= 1) return bytes;
  const out = bytes.slice();
  for (let byte = 0; byte < size; byte += 1) {
    const from = byte * count;
    for (let at = 0, to = byte; at < count; at += 1, to += size) out[to] = bytes[from + at] ?? 0;
  }
  return out;
}

/** The checksum follows the data; files of old libraries have its halves' bytes swapped. */
function verify(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length < 4) return undefined;
  const body = bytes.subarray(0, -4);
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(-4);
  const sum = fletcher32(body);
  const stored = ((d << 24) | (c << 16) | (b << 8) | a) >>> 0;
  const swapped = ((c << 24) | (d << 16) | (a << 8) | b) >>> 0;
  return sum === stored || sum === swapped ? body : undefined;
}
