import { fail } from "../../errors.ts";
import type { Hdf5Attributes } from "./attributes.ts";
import type { Hdf5Group, Hdf5Object } from "./group.ts";
import type { Hdf5Link } from "./link.ts";

/** One member of a file, in the order of the tree. */
export interface Hdf5Entry {
  readonly name: string;
  readonly path: string;
  /** 1 for members of the root. */
  readonly depth: number;
  /** Undefined for a link that is not followed. */
  readonly object: Hdf5Object | undefined;
  readonly link: Hdf5Link | undefined;
  readonly attributes: Hdf5Attributes | undefined;
}

/** Everything below a group, each object where it stands first. Links out of the file are not followed. Throws `limit`. */
export function listHdf5(root: Hdf5Group): readonly Hdf5Entry[] {
  const entries: Hdf5Entry[] = [];
  addMembers(root, 1, entries);
  return entries;
}

/** Far more than any model has; a ring of hard links would never end. */
const MAX_DEPTH = 64;
const MAX_ENTRIES = 200_000;

function addMembers(group: Hdf5Group, depth: number, entries: Hdf5Entry[]): void {
  if (depth > MAX_DEPTH) {
    fail("limit", `Groups are nested more than ${MAX_DEPTH} deep.`, { at: { path: group.path } });
  }
  for (const name of group.keys()) {
    if (entries.length >= MAX_ENTRIES) {
      fail("limit", `The file has more than ${MAX_ENTRIES} members.`, { at: { path: group.path } });
    }
    const link = group.link(name);
    const object = link?.kind === "hard" ? group.get(name) : undefined;
    const path = `${group.path === "/" ? "" : group.path}/${name}`;
    entries.push({ name, path, depth, object, link, attributes: object?.attributes });
    if (object?.kind === "group") addMembers(object, depth + 1, entries);
  }
}
