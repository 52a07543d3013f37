import { fail } from "../errors.ts";
import { type ByteSource, readBytes } from "./bytes.ts";

/** One member as the central directory states it, whatever it states. Sizes and offsets in bytes. */
export interface RawZipEntry {
  readonly name: string;
  /** Bits 0, 6 and 13: encrypted; bit 3: the sizes follow the data. */
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  readonly headerOffset: number;
  /** The system of the writer; 3 is Unix. */
  readonly system: number;
  /** On Unix, the file's mode in the upper 16 bits. */
  readonly attributes: number;
}

/** The members of a zip file as its central directory lists them, and where that directory lies. */
export interface RawZipDirectory {
  readonly entries: readonly RawZipEntry[];
  /** Byte at which the central directory begins. */
  readonly offset: number;
  readonly size: number;
  /** Byte behind the last one that belongs to the directory and its end record, without the comment. */
  readonly end: number;
  readonly commentLength: number;
}

/**
 * Reads the central directory without judging its members. Throws `corrupt-file` for one that cannot be read and
 * `limit` for one that is too large.
 *
 * @see PKWARE APPNOTE 6.3.10, sections 4.3.12 to 4.3.16
 */
export function listZipEntries(source: ByteSource): RawZipDirectory {
  const place = findDirectory(source);
  if (place.count > MAX_MEMBERS || place.size > MAX_DIRECTORY) {
    fail("limit", `The zip directory claims ${place.count} members in ${place.size} bytes.`, {
      at: { file: source.name },
      hint: `At most ${MAX_MEMBERS} members in ${MAX_DIRECTORY} bytes are read.`,
    });
  }
  const bytes = readBytes(source, place.offset, place.size, "The zip directory");
  const { offset, size, end, commentLength } = place;
  return { entries: readEntries(source, bytes, place.count), offset, size, end, commentLength };
}

const MAX_MEMBERS = 10_000;
const MAX_DIRECTORY = 16 * 2 ** 20;
const END = 0x06054b50;
const END_SIZE = 22;
const MAX_COMMENT = 0xffff;
const LOCATOR_64 = 0x07064b50;
const LOCATOR_64_SIZE = 20;
const END_64 = 0x06064b50;
const END_64_SIZE = 56;
const ENTRY = 0x02014b50;
const ENTRY_SIZE = 46;

interface DirectoryPlace {
  readonly count: number;
  readonly size: number;
  readonly offset: number;
  readonly end: number;
  readonly commentLength: number;
}

function findDirectory(source: ByteSource): DirectoryPlace {
  const tail = Math.min(source.size, END_SIZE + MAX_COMMENT);
  const start = source.size - tail;
  const view = viewOf(readBytes(source, start, tail, "The end of the zip file"));
  for (let at = tail - END_SIZE; at >= 0; at -= 1) {
    if (view.getUint32(at, true) !== END) continue;
    if (at + END_SIZE + view.getUint16(at + 20, true) > tail) continue;
    const place = {
      count: view.getUint16(at + 10, true),
      size: view.getUint32(at + 12, true),
      offset: view.getUint32(at + 16, true),
    };
    const commentLength = view.getUint16(at + 20, true);
    const found = findDirectory64(source, start + at) ?? place;
    return { ...found, end: start + at + END_SIZE, commentLength };
  }
  fail("corrupt-file", "The zip file has no directory at its end.", {
    at: { file: source.name },
    hint: "It is truncated; fetch it again.",
  });
}

function findDirectory64(
  source: ByteSource,
  end: number,
): Pick<DirectoryPlace, "count" | "size" | "offset"> | undefined {
  const locatorAt = end - LOCATOR_64_SIZE;
  if (locatorAt < 0) return undefined;
  const locator = viewOf(readBytes(source, locatorAt, LOCATOR_64_SIZE, "The zip64 locator"));
  if (locator.getUint32(0, true) !== LOCATOR_64) return undefined;
  const at = readUint64(locator, 8);
  const view = viewOf(readBytes(source, at, END_64_SIZE, "The zip64 directory end"));
  if (view.getUint32(0, true) !== END_64) {
    fail("corrupt-file", "The zip64 directory end is not where the zip file says.", {
      at: { file: source.name },
    });
  }
  return {
    count: readUint64(view, 32),
    size: readUint64(view, 40),
    offset: readUint64(view, 48),
  };
}

function readEntries(source: ByteSource, bytes: Uint8Array, count: number): readonly RawZipEntry[] {
  const view = viewOf(bytes);
  const entries: RawZipEntry[] = [];
  let at = 0;
  while (entries.length < count) {
    if (at + ENTRY_SIZE > bytes.length || view.getUint32(at, true) !== ENTRY) {
      fail("corrupt-file", `The zip directory ends after ${entries.length} of ${count} members.`, {
        at: { file: source.name },
      });
    }
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const extraAt = at + ENTRY_SIZE + nameLength;
    const name = new TextDecoder().decode(bytes.subarray(at + ENTRY_SIZE, extraAt));
    const extra = bytes.subarray(extraAt, extraAt + extraLength);
    entries.push(readEntry(source, new DataView(bytes.buffer, bytes.byteOffset + at), name, extra));
    at = extraAt + extraLength + view.getUint16(at + 32, true);
  }
  return entries;
}

function readEntry(
  source: ByteSource,
  view: DataView,
  name: string,
  extra: Uint8Array,
): RawZipEntry {
  const sizes = readSizes(view, extra, { file: source.name, path: name });
  return {
    name,
    flags: view.getUint16(8, true),
    method: view.getUint16(10, true),
    crc: view.getUint32(16, true),
    ...sizes,
    system: view.getUint8(5),
    attributes: view.getUint32(38, true),
  };
}

/** Numbers of all ones stand in the zip64 extra field instead, in this order. */
function readSizes(
  view: DataView,
  extra: Uint8Array,
  at: { readonly file: string; readonly path: string },
): Pick<RawZipEntry, "packedSize" | "size" | "headerOffset"> {
  const long = findExtra(extra, 1);
  let next = 0;
  const read = (short: number): number => {
    if (short !== 0xffffffff) return short;
    next += 8;
    if (long === undefined || next > long.length) {
      fail("corrupt-file", "The zip member lacks its zip64 sizes.", { at });
    }
    return readUint64(viewOf(long), next - 8);
  };
  const size = read(view.getUint32(24, true));
  const packedSize = read(view.getUint32(20, true));
  return { size, packedSize, headerOffset: read(view.getUint32(42, true)) };
}

function findExtra(extra: Uint8Array, id: number): Uint8Array | undefined {
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === id) return extra.subarray(at + 4, at + 4 + length);
    at += 4 + length;
  }
  return undefined;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Beyond 2^53 the number is no place in any file; it then fails the range check of its reader. */
function readUint64(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}
