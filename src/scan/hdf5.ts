import { type ByteSource, readBytes } from "../formats/bytes.ts";
import { type Hdf5File, type Hdf5Group, openHdf5 } from "../formats/hdf5/index.ts";
import { scanAttributes } from "./attributes.ts";
import { kindOfBytes } from "./bytes-kind.ts";
import type { Findings } from "./finding.ts";
import { type StoredArray, scanArray, scanExtents } from "./hdf5-array.ts";
import { scanLink } from "./hdf5-link.ts";
import { hdf5Rule } from "./hdf5-rule.ts";

/** What of an HDF5 file the later steps look at. */
export interface ScannedHdf5 {
  readonly root: Hdf5Group;
  /** Arrays whose numbers can be read, each once. */
  readonly arrays: readonly StoredArray[];
}

/** Looks at the structure of an HDF5 file, all of it that can be reached; undefined when it cannot be opened. */
export function scanHdf5(source: ByteSource, findings: Findings): ScannedHdf5 | undefined {
  const file = findings.attempt({}, hdf5Rule, () => openHdf5(source));
  if (file === undefined) return undefined;
  scanEnds(source, file, findings);
  const walk: Walk = { findings, seen: new Set(), arrays: [], left: MAX_MEMBERS };
  walkGroup(file.root, [], walk);
  scanExtents(walk.arrays, source, findings);
  return { root: file.root, arrays: walk.arrays };
}

/** Bytes that stand before and behind what HDF5 looks at. */
function scanEnds(source: ByteSource, { userBlock, end }: Hdf5File, findings: Findings): void {
  if (end < source.size) {
    const what = foreignBytes(source, end, source.size - end);
    // h5py pads nothing; zeros are what a block device leaves.
    if (what !== "zeros") {
      findings.add("hdf5/trailing-data", {}, `${source.size - end} bytes follow the end: ${what}.`);
    }
  }
  if (userBlock > 0) {
    const what = foreignBytes(source, 0, userBlock);
    findings.add("hdf5/user-block", {}, `${userBlock} bytes precede the HDF5 file: ${what}.`);
    if (what === "program") findings.add("code/executable", {}, "The user block is a program.");
    if (what === "pickle") findings.add("code/pickle", {}, "The user block is a pickle.");
  }
}

function foreignBytes(source: ByteSource, start: number, length: number): string {
  const bytes = readBytes(source, start, Math.min(length, LOOK), "The bytes");
  return kindOfBytes(bytes) ?? (bytes.every((byte) => byte === 0) ? "zeros" : "data");
}

const LOOK = 1 << 16;
const MAX_DEPTH = 60;
const MAX_MEMBERS = 200_000;

interface Walk {
  readonly findings: Findings;
  /** Addresses of objects that were looked at. */
  readonly seen: Set<number>;
  readonly arrays: StoredArray[];
  left: number;
}

function walkGroup(group: Hdf5Group, above: readonly number[], walk: Walk): void {
  const { findings } = walk;
  const at = { path: group.path };
  scanAttributes(group, findings);
  const names = findings.attempt(at, hdf5Rule, () => group.keys()) ?? [];
  for (const name of names) {
    walk.left -= 1;
    if (walk.left < 0) {
      findings.add("hdf5/limit", at, `The file has more than ${MAX_MEMBERS} members.`);
      return;
    }
    walkMember(group, name, above, walk);
  }
}

function walkMember(group: Hdf5Group, name: string, above: readonly number[], walk: Walk): void {
  const { findings, seen, arrays } = walk;
  const path = `${group.path === "/" ? "" : group.path}/${name}`;
  const link = group.link(name);
  if (link?.kind !== "hard") {
    if (link !== undefined) scanLink(group, name, link, findings);
    return;
  }
  if (above.includes(link.address)) {
    findings.add("hdf5/ring", { path }, "This is a group around itself.");
    return;
  }
  if (seen.has(link.address)) return;
  seen.add(link.address);
  if (above.length >= MAX_DEPTH) {
    findings.add("hdf5/limit", { path }, `Groups are nested more than ${MAX_DEPTH} deep.`);
    return;
  }
  const object = findings.attempt({ path }, hdf5Rule, () => group.get(name));
  switch (object?.kind) {
    case "group":
      walkGroup(object, [...above, link.address], walk);
      break;
    case "dataset": {
      scanAttributes(object, findings);
      const array = scanArray(object, findings);
      if (array !== undefined) arrays.push(array);
      break;
    }
    case "datatype":
      scanAttributes(object, findings);
      break;
  }
}
