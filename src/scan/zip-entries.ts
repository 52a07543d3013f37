import type { ByteSource } from "../formats/bytes.ts";
import { type LocalHeader, readLocalHeader } from "../formats/zip.ts";
import { isEncrypted, isUnsafeName } from "../formats/zip-directory.ts";
import type { RawZipEntry } from "../formats/zip-entries.ts";
import type { Findings } from "./finding.ts";

/** Judges what the directory says of each member, and whether the member's own header says the same. */
export function scanEntries(
  source: ByteSource,
  entries: readonly RawZipEntry[],
  findings: Findings,
): void {
  const names = new Set<string>();
  for (const entry of entries) {
    const { name, method } = entry;
    const at = { path: name };
    // Python's zipfile and most file systems take these for one.
    const folded = name.replaceAll("\\", "/").toLowerCase();
    if (names.has(folded)) findings.add("zip/duplicate-name", at, "Another member has this name.");
    names.add(folded);
    if (isUnsafeName(name)) {
      findings.add("zip/unsafe-name", at, `The member is called ${JSON.stringify(name)}.`);
    }
    if (isSymlink(entry)) findings.add("zip/symlink", at, "The member is a symbolic link.");
    if (isEncrypted(entry)) {
      findings.add("zip/encrypted", at, "The member is encrypted, so nobody can look into it.");
    } else if (method !== 0 && method !== 8) {
      findings.add("zip/unknown-packing", at, `The member is packed with method ${method}.`);
    }
    compareHeaders(source, entry, findings);
  }
}

const UNIX = 3;
const SYMLINK = 0xa000;

function isSymlink({ system, attributes }: RawZipEntry): boolean {
  return system === UNIX && ((attributes >>> 16) & 0xf000) === SYMLINK;
}

function compareHeaders(source: ByteSource, entry: RawZipEntry, findings: Findings): void {
  const at = { path: entry.name };
  const header = findings.attempt(
    at,
    () => "zip/damaged",
    () => readLocalHeader(source, entry),
  );
  if (header === undefined) return;
  const differences = differing(entry, header);
  if (differences.length === 0) return;
  findings.add(
    "zip/header-mismatch",
    at,
    `The directory and the member's own header disagree about its ${differences.join(", ")}.`,
  );
}

/** Sizes and checksum may follow the data instead (bit 3), and sizes may be in a zip64 field. */
function differing(entry: RawZipEntry, header: LocalHeader): readonly string[] {
  const later = (header.flags & 8) !== 0;
  const differs = (stated: number, own: number) =>
    own !== stated && own !== 0xffffffff && !(later && own === 0);
  return [
    ...(header.name === entry.name ? [] : [`name (${JSON.stringify(header.name)})`]),
    ...(header.method === entry.method ? [] : ["packing"]),
    ...((header.flags & 1) === (entry.flags & 1) ? [] : ["encryption"]),
    ...(differs(entry.size, header.size) || differs(entry.packedSize, header.packedSize)
      ? ["size"]
      : []),
    ...(differs(entry.crc, header.crc) ? ["checksum"] : []),
  ];
}
