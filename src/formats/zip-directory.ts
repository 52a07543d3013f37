import { fail } from "../errors.ts";
import type { ByteSource } from "./bytes.ts";
import { listZipEntries, type RawZipEntry } from "./zip-entries.ts";

/** One member as the central directory states it. Sizes and offsets in bytes. */
export interface ZipEntry {
  readonly name: string;
  /** 0 stored, 8 deflated; others are refused. */
  readonly method: 0 | 8;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  readonly headerOffset: number;
}

/** Reads and checks the central directory: no encrypted, duplicate, overlapping or path-climbing members. */
export function readZipDirectory(source: ByteSource): readonly ZipEntry[] {
  const entries = listZipEntries(source).entries.map((entry) => {
    const checked = checkEntry(source, entry);
    refusePath(entry.name, source);
    return checked;
  });
  refuseDuplicates(source, entries);
  refuseOverlaps(source, entries);
  return entries.filter(({ name }) => !name.endsWith("/"));
}

/** Whether a member is encrypted, by its flags. */
export function isEncrypted({ flags }: RawZipEntry): boolean {
  return (flags & 0x2041) !== 0;
}

/** Whether a member's name would leave the folder that the zip is unpacked in, or is none at all. */
export function isUnsafeName(name: string): boolean {
  const climbs = name.split(/[/\\]/).includes("..");
  const absolute = name.startsWith("/") || /^[A-Za-z]:/.test(name);
  return name === "" || climbs || absolute || /[\\\0]/.test(name);
}

/** A member that can be unpacked. Throws `unsupported` for encrypted and oddly packed ones, `corrupt-file`. */
export function checkEntry(source: ByteSource, entry: RawZipEntry): ZipEntry {
  const { name, method, crc, packedSize, size, headerOffset } = entry;
  const at = { file: source.name, path: name };
  if (isEncrypted(entry)) {
    fail("unsupported", "The zip member is encrypted.", { at });
  }
  if (method !== 0 && method !== 8) {
    fail("unsupported", `The zip member is packed with method ${method}.`, {
      at,
      hint: "Stored (0) and deflated (8) members are read. Zip the file again.",
    });
  }
  if (method === 0 && packedSize !== size) {
    fail("corrupt-file", `The stored zip member has two sizes, ${packedSize} and ${size}.`, { at });
  }
  return { name, method, crc, packedSize, size, headerOffset };
}

function refusePath(name: string, source: ByteSource): void {
  if (!isUnsafeName(name)) return;
  fail("corrupt-file", `The zip file has a member with an unsafe name, ${JSON.stringify(name)}.`, {
    at: { file: source.name },
    hint: "Keras writes relative names with forward slashes. Do not trust this file.",
  });
}

function refuseDuplicates(source: ByteSource, entries: readonly ZipEntry[]): void {
  const seen = new Set<string>();
  for (const { name } of entries) {
    if (seen.has(name)) {
      fail("corrupt-file", `The zip file has two members named "${name}".`, {
        at: { file: source.name },
      });
    }
    seen.add(name);
  }
}

function refuseOverlaps(source: ByteSource, entries: readonly ZipEntry[]): void {
  const sorted = entries.toSorted((a, b) => a.headerOffset - b.headerOffset);
  let end = 0;
  for (const { name, headerOffset, packedSize } of sorted) {
    if (headerOffset < end) {
      fail("corrupt-file", `The zip member "${name}" overlaps another one.`, {
        at: { file: source.name },
      });
    }
    end = headerOffset + packedSize;
  }
}
