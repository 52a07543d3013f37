import { walkTreeV1 } from "./btree-v1.ts";
import type { Cursor } from "./cursor.ts";
import type { Hdf5Link } from "./link.ts";
import { openLocalHeap } from "./local-heap.ts";
import type { Hdf5Reader } from "./reader.ts";

/**
 * Links of an old-style group, from its symbol table message: a B-tree of symbol nodes, whose names
 * lie in a local heap.
 *
 * @see HDF5 File Format Specification 3.0, sections III.B, III.D and IV.A.2.r
 */
export function readSymbolTable(
  reader: Hdf5Reader,
  message: Cursor,
): readonly (readonly [string, Hdf5Link])[] {
  const tree = message.definedAddress();
  const name = openLocalHeap(reader, message.definedAddress());
  const links: (readonly [string, Hdf5Link])[] = [];
  const kind = { node: 0, keySize: reader.lengthSize } as const;
  walkTreeV1(reader, tree, kind, (node) => readSymbolNode(reader, node, name, links));
  return links;
}

function readSymbolNode(
  reader: Hdf5Reader,
  address: number,
  name: (offset: number) => string,
  links: (readonly [string, Hdf5Link])[],
): void {
  const what = "a symbol table node";
  const head = reader.cursor(address, 8, what);
  head.signature("SNOD");
  head.version(1);
  head.skip(1);
  const count = head.u16();
  reader.spend(1 + count, what);
  const entrySize = 2 * reader.offsetSize + 24;
  const entries = reader.cursor(address, 8 + count * entrySize, what);
  entries.skip(8);
  for (let at = 0; at < count; at += 1) {
    const entry = entries.part(entrySize, "a symbol table entry");
    const linkName = name(entry.uint(reader.offsetSize));
    const header = entry.address();
    const cacheType = entry.u32();
    entry.skip(4);
    // Cache type 2: a soft link, whose target the scratch pad finds in the same heap.
    if (cacheType === 2) links.push([linkName, { kind: "soft", target: name(entry.u32()) }]);
    else if (header === undefined) entry.corrupt("points nowhere");
    else links.push([linkName, { kind: "hard", address: header }]);
  }
}
