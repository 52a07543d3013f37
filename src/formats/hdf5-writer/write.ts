import { fail } from "../../errors.ts";
import { sizeOf } from "../../ir/tensor.ts";
import type { OutputBytes } from "../bytes.ts";
import { MESSAGE } from "../hdf5/object-header.ts";
import type { AttributeContent, DatasetContent, GroupContent } from "./content.ts";
import { ELEMENT_SIZE } from "./datatype.ts";
import { aligned, FieldWriter } from "./field-writer.ts";
import { createTextHeap, type TextHeap } from "./global-heap.ts";
import {
  attributeMessage,
  datasetMessages,
  encodeHeader,
  fixedMessage,
  headerLength,
  type Message,
} from "./object-header.ts";
import {
  type Allocate,
  ENTRY,
  type GroupSymbol,
  LEAF_K,
  NODE_K,
  putSymbol,
  writeSymbolTable,
} from "./symbol-table.ts";

/**
 * An HDF5 file as h5py writes it by default: superblock 0, old-style groups, contiguous arrays. All places are known
 * before the first byte; the arrays are asked for one after the other while the file is written, and equal content gives
 * equal bytes.
 *
 * @throws KcError `limit` for attributes that no header holds.
 */
export function writeHdf5(root: GroupContent): OutputBytes {
  const layout: Layout = { pieces: [], arrays: [], heap: createTextHeap(), end: SUPERBLOCK };
  const top = placeGroup(root, layout);
  for (const collection of layout.heap.collections()) {
    collection.place(allocator(layout)(collection.byteLength, () => collection.encode()));
  }
  for (const array of layout.arrays) {
    array.address = layout.end;
    layout.end += aligned(array.content.data.byteLength);
  }
  const { pieces, arrays, end } = layout;
  return {
    byteLength: end,
    *chunks() {
      yield superblock(top, end);
      for (const { size, encode } of pieces) yield padded(encode(), size);
      for (const { content } of arrays) yield* dataOf(content);
    },
  };
}

const SUPERBLOCK = 56 + ENTRY;

/** A file while it is laid out. */
interface Layout {
  readonly pieces: { readonly size: number; encode(): Uint8Array }[];
  /** In the order in which their data will lie, behind everything else. */
  readonly arrays: { readonly content: DatasetContent; address: number }[];
  readonly heap: TextHeap;
  end: number;
}

function allocator(layout: Layout): Allocate {
  return (length, encode) => {
    const size = aligned(length);
    const address = layout.end;
    layout.pieces.push({ size, encode });
    layout.end += size;
    return address;
  };
}

/** Places a group behind all that is in it. */
function placeGroup(group: GroupContent, layout: Layout): Omit<GroupSymbol, "name"> {
  const names = [...group.members.keys()].sort();
  const symbols = names.flatMap((name): readonly GroupSymbol[] => {
    const member = group.members.get(name);
    if (member === undefined) return [];
    const placed =
      member.kind === "group" ? placeGroup(member, layout) : placeDataset(member, layout);
    return [{ name, ...placed }];
  });
  const table = writeSymbolTable(symbols, allocator(layout));
  const place = new FieldWriter(16).u64(table.tree).u64(table.heap).bytes;
  const messages = [
    fixedMessage(MESSAGE.symbolTable, place),
    ...attributeMessages(group.attributes, layout.heap),
  ];
  return { address: placeHeader(messages, layout), table };
}

function placeDataset(content: DatasetContent, layout: Layout): Omit<GroupSymbol, "name"> {
  const { dtype, shape, data } = content;
  const byteLength = sizeOf(shape) * ELEMENT_SIZE[dtype];
  if (data.byteLength !== byteLength) {
    fail("internal", `An array has ${data.byteLength} bytes where its shape has ${byteLength}.`);
  }
  const array = { content, address: 0 };
  layout.arrays.push(array);
  const address = (): number | undefined => (byteLength === 0 ? undefined : array.address);
  const messages = [
    ...datasetMessages(dtype, shape, byteLength, address),
    ...attributeMessages(content.attributes, layout.heap),
  ];
  return { address: placeHeader(messages, layout), table: undefined };
}

function placeHeader(messages: readonly Message[], layout: Layout): number {
  return allocator(layout)(headerLength(messages), () => encodeHeader(messages));
}

function attributeMessages(
  attributes: ReadonlyMap<string, AttributeContent>,
  heap: TextHeap,
): readonly Message[] {
  return [...attributes].map(([name, content]) => attributeMessage(name, content, heap));
}

/** @see HDF5 File Format Specification 3.0, section II.A, version 0 */
function superblock(root: Omit<GroupSymbol, "name">, end: number): Uint8Array {
  const fields = new FieldWriter(SUPERBLOCK).u8(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);
  // Versions of all parts, then the widths of addresses and lengths.
  fields.u8(0, 0, 0, 0, 0, 8, 8, 0).u16(LEAF_K).u16(NODE_K).u32(0);
  fields.u64(0).undefinedAddress().u64(end).undefinedAddress();
  putSymbol(fields, 0, root);
  return fields.bytes;
}

function padded(bytes: Uint8Array, size: number): Uint8Array {
  if (bytes.length === size) return bytes;
  const full = new Uint8Array(size);
  full.set(bytes);
  return full;
}

function* dataOf({ data }: DatasetContent): Iterable<Uint8Array> {
  yield* data.chunks();
  const gap = aligned(data.byteLength) - data.byteLength;
  if (gap > 0) yield new Uint8Array(gap);
}
