import { type ByteSource, readBytes } from "../formats/bytes.ts";
import { readLocalHeader } from "../formats/zip.ts";
import type { RawZipDirectory, RawZipEntry } from "../formats/zip-entries.ts";
import type { Findings } from "./finding.ts";

/** Judges how the members fill the file: none may share bytes, and no bytes should belong to none. */
export function scanRoom(source: ByteSource, directory: RawZipDirectory, findings: Findings): void {
  const total = directory.entries.reduce((sum, { size }) => sum + size, 0);
  if (total > SMALL && total > MAX_RATIO * source.size) {
    findings.add(
      "zip/bomb",
      {},
      `The members unpack to ${total} bytes, the zip has ${source.size}.`,
    );
  }
  let end = 0;
  let before: string | undefined;
  const sorted = directory.entries.toSorted((a, b) => a.headerOffset - b.headerOffset);
  for (const entry of sorted) {
    const data = findData(source, entry);
    if (data === undefined) continue;
    if (entry.headerOffset < end && before !== undefined) {
      findings.add("zip/overlap", { path: entry.name }, `It shares bytes with "${before}".`);
    }
    hidden(source, end, entry.headerOffset, `before "${entry.name}"`, findings);
    if (data.end >= end) before = entry.name;
    end = Math.max(end, data.end);
  }
  hidden(source, end, directory.offset, "before the directory", findings);
  const comment = Math.min(directory.end + directory.commentLength, source.size);
  if (directory.commentLength > 0) {
    findings.add("zip/hidden-data", {}, `A comment of ${directory.commentLength} bytes.`);
  }
  hidden(source, comment, source.size, "behind the directory", findings);
}

const MAX_RATIO = 100;
const SMALL = 64 * 2 ** 20;
/** Signature, checksum and two sizes of 8 bytes. */
const LONGEST_DESCRIPTOR = 24;

function findData(source: ByteSource, entry: RawZipEntry): { readonly end: number } | undefined {
  try {
    const { start, flags } = readLocalHeader(source, entry);
    const descriptor = (flags & 8) !== 0 ? descriptorLength(source, start + entry.packedSize) : 0;
    return { end: start + entry.packedSize + descriptor };
  } catch {
    // A member without a header was reported with the headers.
    return undefined;
  }
}

function descriptorLength(source: ByteSource, at: number): number {
  const bytes = readBytes(source, at, Math.min(LONGEST_DESCRIPTOR, source.size - at), "A member");
  const view = new DataView(bytes.buffer);
  const signed = bytes.length >= 4 && view.getUint32(0, true) === 0x08074b50;
  const next = [12, 20].find((length) => {
    const after = at + length + (signed ? 4 : 0);
    return after + 2 <= source.size && latin1(readBytes(source, after, 2, "A member")) === "PK";
  });
  return (next ?? 12) + (signed ? 4 : 0);
}

function hidden(
  source: ByteSource,
  start: number,
  end: number,
  where: string,
  findings: Findings,
): void {
  if (end <= start || end > source.size) return;
  const bytes = readBytes(source, start, Math.min(end - start, LOOK), "The bytes");
  // Zeros align what follows.
  if (bytes.every((byte) => byte === 0) && end - start <= LOOK) return;
  findings.add("zip/hidden-data", {}, `${end - start} bytes ${where} belong to no member.`);
}

const LOOK = 1 << 16;

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
