import { Inflate } from "fflate";
import { fail } from "../errors.ts";
import { type ByteSource, bytesSource, checkRange, readBytes, sliceSource } from "./bytes.ts";
import { crc32, crc32OfSource } from "./crc32.ts";
import { readZipDirectory, type ZipEntry } from "./zip-directory.ts";

/** A zip file, opened: its directory is read and checked, its members are not. */
export interface Zip {
  /** Member names in directory order; folders are left out. */
  readonly names: readonly string[];
  /**
   * A member's bytes. A stored member is a window of the file, a deflated one is inflated into memory.
   * Its CRC-32 is checked here.
   *
   * @throws KcError `bad-format` when there is no such member, `corrupt-file` when it is damaged,
   *   `limit` for a bomb, `unsupported` for other packings and for encrypted members.
   */
  open(name: string): ByteSource;
}

/**
 * Opens a zip file (`.keras`), zip64 included.
 *
 * @throws KcError `bad-format` when it is none, `corrupt-file`, `limit`.
 * @see PKWARE APPNOTE 6.3.10
 */
export function openZip(source: ByteSource): Zip {
  const entries = new Map(readZipDirectory(source).map((entry) => [entry.name, entry]));
  const opened = new Map<string, ByteSource>();
  return {
    names: [...entries.keys()],
    open(name) {
      const entry = entries.get(name);
      if (entry === undefined) {
        fail("bad-format", `The zip file has no member "${name}".`, {
          at: { file: source.name },
          hint: `It has: ${[...entries.keys()].slice(0, 10).join(", ") || "none"}.`,
        });
      }
      const member = opened.get(name) ?? openMember(source, entry);
      opened.set(name, member);
      return member;
    },
  };
}

/** A deflated member larger than this must not expand more than `MAX_RATIO` times. */
const LARGE = 16 * 2 ** 20;
const MAX_RATIO = 100;
/** What an inflated member may take in memory. */
const MAX_INFLATED = 2 ** 31 - 1;
const PIECE = 1 << 16;
const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_SIZE = 30;

/** A member's bytes, as `Zip.open` gives them. */
export function openMember(source: ByteSource, entry: ZipEntry): ByteSource {
  const data = memberData(source, entry);
  const member = entry.method === 0 ? data : bytesSource(inflate(data, entry), data.name);
  const crc = entry.method === 0 ? crc32OfSource(member) : undefined;
  if (crc !== undefined && crc !== entry.crc) damaged(data.name, entry, crc);
  return member;
}

function memberData(source: ByteSource, entry: ZipEntry): ByteSource {
  const { start } = readLocalHeader(source, entry);
  checkRange(source, start, entry.packedSize, `Zip member "${entry.name}"`);
  return sliceSource(source, start, entry.packedSize, `${source.name}/${entry.name}`);
}

/** What stands before a member's data; the directory should say the same. */
export interface LocalHeader {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  /** As in the header: all ones when a zip64 field has them. */
  readonly packedSize: number;
  readonly size: number;
  /** Byte at which the data begins. */
  readonly start: number;
}

/** Reads the header before a member's data. Throws `corrupt-file`. */
export function readLocalHeader(
  source: ByteSource,
  entry: Pick<ZipEntry, "name" | "headerOffset">,
): LocalHeader {
  const what = `Zip member "${entry.name}"`;
  const header = readBytes(source, entry.headerOffset, LOCAL_HEADER_SIZE, `${what}'s header`);
  const view = new DataView(header.buffer);
  const at = { file: source.name, path: entry.name };
  if (view.getUint32(0, true) !== LOCAL_HEADER) {
    fail("corrupt-file", "The zip member has no header where the directory says.", { at });
  }
  // The local name and extra field may be longer or shorter than those of the directory.
  const nameLength = view.getUint16(26, true);
  const nameAt = entry.headerOffset + LOCAL_HEADER_SIZE;
  const name = readBytes(source, nameAt, nameLength, `${what}'s name`);
  return {
    name: new TextDecoder().decode(name),
    flags: view.getUint16(6, true),
    method: view.getUint16(8, true),
    crc: view.getUint32(14, true),
    packedSize: view.getUint32(18, true),
    size: view.getUint32(22, true),
    start: nameAt + nameLength + view.getUint16(28, true),
  };
}

/** Inflates piece by piece into memory of the declared size, and never beyond it. */
function inflate(data: ByteSource, entry: ZipEntry): Uint8Array {
  refuseBomb(data, entry);
  const out = new Uint8Array(entry.size);
  let length = 0;
  let crc = 0;
  const inflater = new Inflate((part) => {
    if (length + part.length > out.length) tooLong(data.name, entry);
    out.set(part, length);
    length += part.length;
    crc = crc32(part, crc);
  });
  const piece = new Uint8Array(PIECE);
  for (let at = 0; at < data.size; at += PIECE) {
    const part = piece.subarray(0, Math.min(PIECE, data.size - at));
    data.readInto(at, part);
    push(inflater, part, at + PIECE >= data.size, data.name);
  }
  if (length !== out.length) tooShort(data.name, entry, length);
  if (crc !== entry.crc) damaged(data.name, entry, crc);
  return out;
}

function push(inflater: Inflate, part: Uint8Array, last: boolean, file: string): void {
  try {
    inflater.push(part, last);
  } catch (cause) {
    if (cause instanceof Error && cause.name === "KcError") throw cause;
    fail("corrupt-file", "The deflated zip member cannot be unpacked.", { at: { file }, cause });
  }
}

function refuseBomb(data: ByteSource, { size, packedSize }: ZipEntry): void {
  const bomb = size > LARGE && size > packedSize * MAX_RATIO;
  if (!bomb && size <= MAX_INFLATED) return;
  fail("limit", `The zip member claims to unpack ${packedSize} bytes into ${size}.`, {
    at: { file: data.name },
    hint: bomb
      ? `At most ${MAX_RATIO} times is accepted: this looks like a zip bomb.`
      : `At most ${MAX_INFLATED} bytes are unpacked in memory. Store the member instead of deflating it (zip -0).`,
  });
}

function tooLong(file: string, { size }: ZipEntry): never {
  fail("corrupt-file", `The zip member unpacks to more than the ${size} bytes it declares.`, {
    at: { file },
  });
}

function tooShort(file: string, { size }: ZipEntry, length: number): never {
  fail("corrupt-file", `The zip member unpacks to ${length} bytes, it declares ${size}.`, {
    at: { file },
  });
}

function damaged(file: string, { crc }: ZipEntry, found: number): never {
  const hex = (value: number) => value.toString(16).padStart(8, "0");
  fail("corrupt-file", `The zip member has CRC-32 ${hex(found)}, the zip file says ${hex(crc)}.`, {
    at: { file },
    hint: "The file is damaged; fetch it again.",
  });
}
