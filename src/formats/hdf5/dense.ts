import { fail } from "../../errors.ts";
import { walkTreeV2 } from "./btree-v2.ts";
import type { Cursor } from "./cursor.ts";
import { openFractalHeap } from "./fractal-heap.ts";
import type { HeaderMessage } from "./object-header.ts";
import type { Hdf5Reader } from "./reader.ts";

/**
 * Messages kept outside a header because there are many: bodies of link or attribute messages, from
 * a heap and the tree of their names. `info` is the header's link info or attribute info message.
 *
 * @see HDF5 File Format Specification 3.0, sections IV.A.2.c and IV.A.2.v
 */
export function readDense(
  reader: Hdf5Reader,
  info: HeaderMessage | undefined,
  what: "links" | "attributes",
): readonly Cursor[] {
  if (info === undefined) return [];
  const cursor = info.body();
  cursor.version(0);
  const flags = cursor.u8();
  if ((flags & 1) !== 0) cursor.skip(what === "links" ? 8 : 2);
  const heapAddress = cursor.address();
  const tree = cursor.address();
  if (heapAddress === undefined || tree === undefined) return [];
  const heap = openFractalHeap(reader, heapAddress);
  const bodies: Cursor[] = [];
  walkTreeV2(reader, tree, [what === "links" ? 5 : 8], (record) => {
    // Links: hash, identifier. Attributes: identifier, message flags, order, hash.
    if (what === "links") record.skip(4);
    const id = record.part(what === "links" ? heap.idLength : ATTRIBUTE_ID, "a heap identifier");
    if (what === "attributes" && (record.u8() & 2) !== 0) refuseShared(reader);
    bodies.push(heap.read(id));
  });
  return bodies;
}

/** Attributes have identifiers of eight bytes whatever the heap says. */
const ATTRIBUTE_ID = 8;

function refuseShared(reader: Hdf5Reader): never {
  fail("unsupported", "The file uses a table of shared messages, which is not read here.", {
    at: { file: reader.source.name },
    hint: "Repack it with h5repack, without shared messages.",
  });
}
