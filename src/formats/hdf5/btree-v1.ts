import type { Cursor } from "./cursor.ts";
import type { Hdf5Reader } from "./reader.ts";

/** What a version 1 B-tree indexes: 0 the symbols of a group, 1 the chunks of a dataset. */
export interface TreeV1Kind {
  readonly node: 0 | 1;
  /** Bytes of a key. */
  readonly keySize: number;
}

/**
 * Visits the children of all leaves from left to right, each with the key before it. Levels must
 * fall by one at each step and no node may come twice, so no tree can be endless.
 *
 * @see HDF5 File Format Specification 3.0, section III.A.1
 */
export function walkTreeV1(
  reader: Hdf5Reader,
  root: number,
  kind: TreeV1Kind,
  visit: (child: number, key: Cursor) => void,
): void {
  const seen = new Set<number>();
  const walk = (address: number, expected: number | undefined): void => {
    const node = readNode(reader, address, kind);
    if (seen.has(address)) node.cursor.corrupt("is its own ancestor or has two parents");
    seen.add(address);
    if (expected !== undefined && node.level !== expected) {
      node.cursor.corrupt(`has level ${node.level}, expected ${expected}`);
    }
    for (let at = 0; at < node.entries; at += 1) {
      const key = node.cursor.part(kind.keySize);
      const child = node.cursor.definedAddress();
      if (node.level === 0) visit(child, key);
      else walk(child, node.level - 1);
    }
  };
  walk(root, undefined);
}

/** Deeper than any tree of a file that fits on a disk. */
const MAX_LEVEL = 32;

function readNode(
  reader: Hdf5Reader,
  address: number,
  kind: TreeV1Kind,
): { level: number; entries: number; cursor: Cursor } {
  const headSize = 8 + 2 * reader.offsetSize;
  const head = reader.cursor(address, headSize, "a B-tree node");
  head.signature("TREE");
  const type = head.u8();
  if (type !== kind.node) head.corrupt(`has type ${type}, expected ${kind.node}`);
  const level = head.u8();
  if (level > MAX_LEVEL) head.corrupt(`has level ${level}, expected ${MAX_LEVEL} at most`);
  const entries = head.u16();
  reader.spend(1 + entries, "a B-tree node");
  const size = headSize + entries * (kind.keySize + reader.offsetSize);
  const whole = reader.cursor(address, size, "a B-tree node");
  whole.skip(headSize);
  return { level, entries, cursor: whole };
}
