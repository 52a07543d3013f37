import type { Cursor } from "./cursor.ts";
import type { Hdf5Reader } from "./reader.ts";

/**
 * Visits all records of a version 2 B-tree in order.
 *
 * @param types record types that make sense here
 * @see HDF5 File Format Specification 3.0, section III.A.2
 */
export function walkTreeV2(
  reader: Hdf5Reader,
  address: number,
  types: readonly number[],
  visit: (record: Cursor, type: number) => void,
): void {
  const tree = readHeader(reader, address);
  if (!types.includes(tree.type)) {
    tree.cursor.corrupt(`holds records of type ${tree.type}, expected ${types.join(" or ")}`);
  }
  const seen = new Set<number>();
  const walk = (node: NodePlace, level: number): void => {
    if (seen.has(node.address)) tree.cursor.corrupt("has a node with two parents");
    seen.add(node.address);
    reader.spend(1 + node.records, WHAT);
    const cursor = openNode(reader, tree, node, level);
    const records = Array.from({ length: node.records }, () => cursor.part(tree.recordSize));
    const children = level === 0 ? [] : readChildren(cursor, tree, node.records, level);
    for (let at = 0; at <= records.length; at += 1) {
      const child = children[at];
      if (child !== undefined) walk(child, level - 1);
      const record = records[at];
      if (record !== undefined) visit(record, tree.type);
    }
  };
  if (tree.root !== undefined) walk(tree.root, tree.depth);
}

const WHAT = "a version 2 B-tree node";

interface NodePlace {
  readonly address: number;
  readonly records: number;
}

interface Tree {
  readonly cursor: Cursor;
  readonly type: number;
  readonly nodeSize: number;
  readonly recordSize: number;
  readonly depth: number;
  readonly root: NodePlace | undefined;
  /** Per level: the most records of a node, and of a whole subtree the bytes that count them. */
  readonly levels: readonly { readonly most: number; readonly totalBytes: number }[];
}

function readHeader(reader: Hdf5Reader, address: number): Tree {
  const size = 22 + reader.offsetSize + reader.lengthSize;
  const cursor = reader.checkedCursor(address, size, "a version 2 B-tree");
  cursor.signature("BTHD");
  cursor.version(0);
  const type = cursor.u8();
  const nodeSize = cursor.u32();
  const recordSize = cursor.u16();
  const depth = cursor.u16();
  cursor.skip(2);
  const rootAddress = cursor.address();
  const records = cursor.u16();
  cursor.length();
  if (recordSize === 0 || nodeSize < recordSize + 10) cursor.corrupt("has nodes without room");
  if (depth > MAX_DEPTH) cursor.corrupt(`is ${depth} levels deep, expected ${MAX_DEPTH} at most`);
  const root = rootAddress === undefined ? undefined : { address: rootAddress, records };
  const levels = countLevels(reader, { nodeSize, recordSize, depth });
  return { cursor, type, nodeSize, recordSize, depth, root, levels };
}

const MAX_DEPTH = 16;

function countLevels(
  reader: Hdf5Reader,
  { nodeSize, recordSize, depth }: { nodeSize: number; recordSize: number; depth: number },
): Tree["levels"] {
  const room = nodeSize - 10;
  const leaf = Math.floor(room / recordSize);
  const levels = [{ most: leaf, totalBytes: 0 }];
  const countBytes = bytesFor(leaf);
  let total = leaf;
  let childTotalBytes = 0;
  for (let level = 1; level <= depth; level += 1) {
    const pointer = reader.offsetSize + countBytes + childTotalBytes;
    const most = Math.max(0, Math.floor((room - pointer) / (recordSize + pointer)));
    total = (most + 1) * total + most;
    childTotalBytes = bytesFor(total);
    levels.push({ most, totalBytes: childTotalBytes });
  }
  return levels;
}

/** Fewest bytes that hold a number. */
function bytesFor(value: number): number {
  let bytes = 1;
  for (let limit = 256; value >= limit && bytes < 8; limit *= 256) bytes += 1;
  return bytes;
}

function openNode(reader: Hdf5Reader, tree: Tree, node: NodePlace, level: number): Cursor {
  const most = tree.levels[level]?.most ?? 0;
  if (node.records > most) {
    tree.cursor.corrupt(`has a node of ${node.records} records, expected ${most} at most`);
  }
  const used = 10 + node.records * tree.recordSize;
  const pointers = level === 0 ? 0 : (node.records + 1) * pointerSize(reader, tree, level);
  const cursor = reader.checkedCursor(node.address, used + pointers, WHAT);
  cursor.signature(level === 0 ? "BTLF" : "BTIN");
  cursor.version(0);
  const type = cursor.u8();
  if (type !== tree.type) cursor.corrupt(`has type ${type}, expected ${tree.type}`);
  return cursor;
}

function pointerSize(reader: Hdf5Reader, tree: Tree, level: number): number {
  const leaf = tree.levels[0]?.most ?? 0;
  return reader.offsetSize + bytesFor(leaf) + (tree.levels[level - 1]?.totalBytes ?? 0);
}

function readChildren(cursor: Cursor, tree: Tree, records: number, level: number): NodePlace[] {
  const countBytes = bytesFor(tree.levels[0]?.most ?? 0);
  const totalBytes = tree.levels[level - 1]?.totalBytes ?? 0;
  return Array.from({ length: records + 1 }, () => {
    const address = cursor.definedAddress();
    const count = cursor.uint(countBytes);
    cursor.skip(totalBytes);
    return { address, records: count };
  });
}
