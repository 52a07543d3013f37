import { aligned, FieldWriter, signature } from "./field-writer.ts";

/** One member of a group: its name, and where its header lies. */
export interface GroupSymbol {
  readonly name: string;
  readonly address: number;
  /** Of a group: where its own tree and heap lie, which spares readers a look at the header. */
  readonly table: TablePlace | undefined;
}

/** Where the two parts of a group's list of members lie. */
export interface TablePlace {
  readonly tree: number;
  readonly heap: number;
}

/** Takes `size` bytes of the file, which `encode` fills; gives their address. */
export type Allocate = (size: number, encode: () => Uint8Array) => number;

/** Half of what a leaf and an inner node hold; the superblock states them. */
export const LEAF_K = 4;
export const NODE_K = 16;

/**
 * The list of a group's members: a heap with their names, nodes of symbols, and a tree over these.
 *
 * @see HDF5 File Format Specification 3.0, sections III.A.1, III.B and III.D
 */
export function writeSymbolTable(symbols: readonly GroupSymbol[], allocate: Allocate): TablePlace {
  const named = [...symbols]
    .map((symbol) => ({ symbol, bytes: new TextEncoder().encode(symbol.name) }))
    .sort((a, b) => compareBytes(a.bytes, b.bytes));
  const { heap, offsets } = writeHeap(
    named.map(({ bytes }) => bytes),
    allocate,
  );
  const entries = named.map(({ symbol }, index) => ({ symbol, offset: offsets[index] ?? 0 }));
  let level: readonly Child[] = chunked(entries, 2 * LEAF_K).map((group) => ({
    address: allocate(8 + 2 * LEAF_K * ENTRY, () => encodeLeaf(group)),
    last: group.at(-1)?.offset ?? 0,
  }));
  for (let depth = 0; ; depth += 1) {
    const nodes = level.length === 0 ? [[]] : chunked(level, 2 * NODE_K);
    level = writeLevel(nodes, depth, allocate);
    const [root] = level;
    if (level.length === 1 && root !== undefined) return { tree: root.address, heap };
  }
}

/** Bytes of a symbol in a node, and of the root's in the superblock. */
export const ENTRY = 40;

/** A symbol as it stands in a node. */
export function putSymbol(
  fields: FieldWriter,
  nameOffset: number,
  { address, table }: Omit<GroupSymbol, "name">,
): void {
  fields.u64(nameOffset).u64(address);
  if (table === undefined) fields.skip(24);
  else fields.u32(1).skip(4).u64(table.tree).u64(table.heap);
}

interface Entry {
  readonly symbol: GroupSymbol;
  readonly offset: number;
}

/** A node below another, with the place in the heap of the last name in it. */
interface Child {
  readonly address: number;
  readonly last: number;
}

function writeHeap(
  names: readonly Uint8Array[],
  allocate: Allocate,
): { readonly heap: number; readonly offsets: readonly number[] } {
  const offsets: number[] = [];
  // The empty text at the start is the key before all names.
  let size = 8;
  for (const name of names) {
    offsets.push(size);
    size += aligned(name.length + 1);
  }
  const data = allocate(size, () => {
    const fields = new FieldWriter(size).skip(8);
    for (const name of names) fields.put(name).skip(1).align();
    return fields.bytes;
  });
  const head = new FieldWriter(32).put(signature("HEAP")).skip(4).u64(size);
  // 1: nothing is free.
  head.u64(1).u64(data);
  return { heap: allocate(32, () => head.bytes), offsets };
}

function encodeLeaf(entries: readonly Entry[]): Uint8Array {
  const fields = new FieldWriter(8 + 2 * LEAF_K * ENTRY).put(signature("SNOD"));
  fields.u8(1, 0).u16(entries.length);
  for (const { symbol, offset } of entries) putSymbol(fields, offset, symbol);
  return fields.bytes;
}

const TREE_NODE = 24 + 8 * (4 * NODE_K + 1);

/** Nodes of one level know their neighbours. */
function writeLevel(
  nodes: readonly (readonly Child[])[],
  depth: number,
  allocate: Allocate,
): readonly Child[] {
  const addresses: number[] = [];
  for (const [index, children] of nodes.entries()) {
    const first = nodes[index - 1]?.at(-1)?.last ?? 0;
    const encode = (): Uint8Array => {
      const fields = new FieldWriter(TREE_NODE).put(signature("TREE"));
      fields.u8(0, depth).u16(children.length);
      for (const neighbour of [addresses[index - 1], addresses[index + 1]]) {
        if (neighbour === undefined) fields.undefinedAddress();
        else fields.u64(neighbour);
      }
      fields.u64(first);
      for (const { address, last } of children) fields.u64(address).u64(last);
      return fields.bytes;
    };
    addresses.push(allocate(TREE_NODE, encode));
  }
  return nodes.map((children, index) => ({
    address: addresses[index] ?? 0,
    last: children.at(-1)?.last ?? 0,
  }));
}

function chunked<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
