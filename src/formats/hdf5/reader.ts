import { fail } from "../../errors.ts";
import { type ByteSource, checkRange } from "../bytes.ts";
import { Cursor, upperFirst } from "./cursor.ts";
import { lookup3 } from "./lookup3.ts";

/**
 * Access to one file's structures: small reads go through a few cached pages, large ones straight to
 * the source, and everything is counted against one budget so that no file can keep us busy for ever.
 */
export interface Hdf5Reader {
  readonly source: ByteSource;
  /** Byte of the file that address 0 stands for: the size of the user block. */
  readonly base: number;
  readonly offsetSize: number;
  readonly lengthSize: number;
  /** A structure of known length. `what` as a noun with its article. Throws `corrupt-file`. */
  cursor(address: number, length: number, what: string): Cursor;
  /** As `cursor`, but the last four of `length` bytes must be the checksum of the others. */
  checkedCursor(address: number, length: number, what: string): Cursor;
  /** Throws `corrupt-file` unless so many bytes are there. */
  checkRange(address: number, length: number, what: string): void;
  /** Counts items of metadata; throws `limit` when the file holds absurdly many. */
  spend(items: number, what: string): void;
  /** The same file with what its superblock says. */
  configure(sizes: ReaderSizes): Hdf5Reader;
}

/** Where the file begins, and how wide its addresses and lengths are, in bytes. */
export interface ReaderSizes {
  readonly base: number;
  readonly offsetSize: number;
  readonly lengthSize: number;
}

/** Reads metadata of `source`, at first with the widths of nearly all files. */
export function createReader(source: ByteSource): Hdf5Reader {
  const pages = createPages(source);
  const spend = createBudget(source);
  const configure = (sizes: ReaderSizes): Hdf5Reader => {
    const cursor = (address: number, length: number, what: string) => {
      const start = sizes.base + address;
      checkRange(source, start, length, upperFirst(what));
      const { offsetSize, lengthSize } = sizes;
      const place = { file: source.name, what, start, offsetSize, lengthSize };
      return new Cursor(pages(start, length), place);
    };
    return {
      ...sizes,
      source,
      cursor,
      checkedCursor: (address, length, what) => checked(cursor(address, length, what)),
      checkRange: (address, length, what) => checkRange(source, sizes.base + address, length, what),
      spend,
      configure,
    };
  };
  return configure({ base: 0, offsetSize: 8, lengthSize: 8 });
}

const PAGE = 8192;
const MAX_PAGES = 128;

/** Pages are dropped oldest first; what was handed out stays valid, since pages are never reused. */
function createPages(source: ByteSource): (start: number, length: number) => Uint8Array {
  const cache = new Map<number, Uint8Array>();
  const load = (index: number): Uint8Array => {
    const found = cache.get(index);
    if (found !== undefined) return found;
    const page = new Uint8Array(Math.min(PAGE, source.size - index * PAGE));
    source.readInto(index * PAGE, page);
    for (const oldest of cache.keys()) {
      if (cache.size < MAX_PAGES) break;
      cache.delete(oldest);
    }
    cache.set(index, page);
    return page;
  };
  return (start, length) => {
    if (length === 0) return new Uint8Array(0);
    const first = Math.floor(start / PAGE);
    const offset = start - first * PAGE;
    if (offset + length <= PAGE) return load(first).subarray(offset, offset + length);
    const bytes = new Uint8Array(length);
    if (length > 2 * PAGE) {
      source.readInto(start, bytes);
      return bytes;
    }
    for (let at = 0; at < length; ) {
      const index = Math.floor((start + at) / PAGE);
      const from = start + at - index * PAGE;
      const piece = load(index).subarray(from, from + length - at);
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  };
}

/** An item takes bytes in the file, so its size bounds how many there can be. */
function createBudget(source: ByteSource): (items: number, what: string) => void {
  const limit = Math.min(4_000_000, 20_000 + Math.floor(source.size / 4));
  let left = limit;
  return (items, what) => {
    left -= items;
    if (left >= 0) return;
    fail("limit", `The file holds more than ${limit} items of metadata (last: ${what}).`, {
      at: { file: source.name },
      hint: "No Keras model needs so many; the file is damaged or was made to cause harm.",
    });
  };
}

function checked(cursor: Cursor): Cursor {
  const body = cursor.bytes.subarray(0, cursor.bytes.length - 4);
  const end = new Cursor(cursor.bytes.subarray(body.length), cursor.place);
  const stored = end.u32();
  const computed = lookup3(body);
  if (stored !== computed) {
    cursor.corrupt(`fails its checksum: ${hex(stored)} stored, ${hex(computed)} computed`);
  }
  return new Cursor(body, cursor.place);
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}
