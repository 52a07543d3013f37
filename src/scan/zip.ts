import type { Diagnostic } from "../errors.ts";
import type { ByteSource } from "../formats/bytes.ts";
import { openMember } from "../formats/zip.ts";
import { checkEntry } from "../formats/zip-directory.ts";
import { listZipEntries, type RawZipEntry } from "../formats/zip-entries.ts";
import type { Findings } from "./finding.ts";
import type { RuleId } from "./rules.ts";
import { scanEntries } from "./zip-entries.ts";
import { scanMember } from "./zip-member.ts";
import { scanRoom } from "./zip-room.ts";

/** A member that could be unpacked. */
export interface ScannedMember {
  readonly name: string;
  readonly source: ByteSource;
}

/** Looks at the directory and at every member of a zip file; gives those that can be opened. `expected` are the names of a model that is not Keras'. */
export function scanZip(
  source: ByteSource,
  findings: Findings,
  expected?: RegExp,
): readonly ScannedMember[] {
  const directory = findings.attempt({}, zipRule, () => listZipEntries(source));
  if (directory === undefined) return [];
  scanEntries(source, directory.entries, findings);
  scanRoom(source, directory, findings);
  return directory.entries.flatMap((entry) => {
    if (entry.name.endsWith("/") && entry.size === 0) return [];
    const member = openForScan(source, entry, findings);
    if (member === undefined) return [];
    scanMember(entry.name, member, findings, expected);
    return [{ name: entry.name, source: member }];
  });
}

/** The rule for what reading a zip file throws. */
function zipRule({ code }: Diagnostic): RuleId | undefined {
  switch (code) {
    case "limit":
      return "zip/bomb";
    // Encryption and odd packings are judged by the directory.
    case "unsupported":
      return undefined;
    default:
      return "zip/damaged";
  }
}

function openForScan(
  source: ByteSource,
  entry: RawZipEntry,
  findings: Findings,
): ByteSource | undefined {
  return findings.attempt({ path: entry.name }, zipRule, () =>
    openMember(source, checkEntry(source, entry)),
  );
}
