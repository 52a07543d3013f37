import { fail } from "../errors.ts";
import type { OutputBytes, OutputFile } from "./bytes.ts";
import { crc32 } from "./crc32.ts";

/**
 * A zip file whose members are stored as they are, in the order given, as Keras writes `.keras` files. Each member is
 * asked for its bytes once: its checksum stands behind it. No dates, so equal members give equal bytes.
 *
 * @throws KcError `limit` for what needs zip64: 4 GiB and more.
 * @see PKWARE APPNOTE 6.3.10, sections 4.3.7 to 4.3.16
 */
export function writeZip(members: readonly OutputFile[]): OutputBytes {
  const places = placeMembers(members);
  const directoryAt = places.reduce((sum, place) => sum + place.byteLength, 0);
  const directorySize = places.reduce((sum, { name }) => sum + CENTRAL + name.length, 0);
  const byteLength = directoryAt + directorySize + END;
  if (byteLength > LARGEST || members.length > MOST_MEMBERS) {
    fail("limit", `The archive would take ${byteLength} bytes, more than a plain zip file holds.`, {
      hint: "Write an HDF5 file instead: give an output that ends in .h5.",
    });
  }
  return {
    byteLength,
    *chunks() {
      const sums: number[] = [];
      for (const place of places) {
        yield localHeader(place);
        let sum = 0;
        for (const chunk of place.member.chunks()) {
          sum = crc32(chunk, sum);
          yield chunk;
        }
        sums.push(sum);
        yield descriptor(place, sum);
      }
      for (const [index, place] of places.entries()) yield centralHeader(place, sums[index] ?? 0);
      yield endOfDirectory(places.length, directorySize, directoryAt);
    },
  };
}

const LOCAL = 30;
const CENTRAL = 46;
const DESCRIPTOR = 16;
const END = 22;
const LARGEST = 0xffff_fffe;
const MOST_MEMBERS = 0xfffe;
/** Version 2.0 of the format suffices. */
const VERSION = 20;
/** Sizes and checksum follow the data (bit 3); names are UTF-8 (bit 11). */
const FLAGS = 0x0808;
/** The first of January 1980, the earliest there is. */
const DATE = 0x0021;
/** A Unix file that its owner may read and write. */
const MODE = 0o100600 * 0x10000;

interface Place {
  readonly member: OutputFile;
  readonly name: Uint8Array;
  readonly start: number;
  /** Of all that belongs to the member. */
  readonly byteLength: number;
}

function placeMembers(members: readonly OutputFile[]): readonly Place[] {
  let start = 0;
  return members.map((member): Place => {
    const name = new TextEncoder().encode(member.path);
    const byteLength = LOCAL + name.length + member.byteLength + DESCRIPTOR;
    const place = { member, name, start, byteLength };
    start += byteLength;
    return place;
  });
}

function localHeader({ name }: Place): Uint8Array {
  const bytes = new Uint8Array(LOCAL + name.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x04034b50, true);
  putCommon(view, 4);
  view.setUint16(26, name.length, true);
  bytes.set(name, LOCAL);
  return bytes;
}

/** Version, flags, method (0: stored), time and date. */
function putCommon(view: DataView, at: number): void {
  for (const [index, value] of [VERSION, FLAGS, 0, 0, DATE].entries()) {
    view.setUint16(at + 2 * index, value, true);
  }
}

function descriptor({ member }: Place, sum: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(DESCRIPTOR));
  for (const [index, value] of [0x08074b50, sum, member.byteLength, member.byteLength].entries()) {
    view.setUint32(4 * index, value, true);
  }
  return new Uint8Array(view.buffer);
}

function centralHeader({ member, name, start }: Place, sum: number): Uint8Array {
  const bytes = new Uint8Array(CENTRAL + name.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x02014b50, true);
  // Made by a Unix system (3).
  view.setUint16(4, (3 << 8) | VERSION, true);
  putCommon(view, 6);
  view.setUint32(16, sum, true);
  view.setUint32(20, member.byteLength, true);
  view.setUint32(24, member.byteLength, true);
  view.setUint16(28, name.length, true);
  view.setUint32(38, MODE, true);
  view.setUint32(42, start, true);
  bytes.set(name, CENTRAL);
  return bytes;
}

function endOfDirectory(count: number, size: number, at: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(END));
  view.setUint32(0, 0x06054b50, true);
  view.setUint16(8, count, true);
  view.setUint16(10, count, true);
  view.setUint32(12, size, true);
  view.setUint32(16, at, true);
  return new Uint8Array(view.buffer);
}
