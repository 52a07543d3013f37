import { fail } from "../../errors.ts";
import { walkTreeV2 } from "./btree-v2.ts";
import type { Cursor } from "./cursor.ts";
import { createHeapBlocks } from "./fractal-heap-blocks.ts";
import { type FractalHeapHeader, readHeapHeader } from "./fractal-heap-header.ts";
import type { Hdf5Reader } from "./reader.ts";

/** Objects of a new-style group's or object's heap, by their heap identifiers. */
export interface FractalHeap {
  /** Bytes of an identifier. */
  readonly idLength: number;
  read(id: Cursor): Cursor;
}

/**
 * Opens the heap that holds dense links or attributes.
 *
 * @throws KcError `unsupported` when the heap itself is compressed.
 * @see HDF5 File Format Specification 3.0, section III.G
 */
export function openFractalHeap(reader: Hdf5Reader, address: number): FractalHeap {
  const header = readHeapHeader(reader, address);
  const blocks = createHeapBlocks(reader, header);
  let huge: ReadonlyMap<number, { address: number; length: number }> | undefined;
  const readHuge = (id: Cursor): Cursor => {
    const place = header.hugeIdsDirect
      ? { address: id.definedAddress(), length: id.length() }
      : findHuge(id);
    return reader.cursor(place.address, place.length, "a huge heap object");
  };
  const findHuge = (id: Cursor) => {
    huge ??= readHugeTable(reader, header);
    const number = id.uint(Math.min(header.idLength - 1, 8));
    return huge.get(number) ?? id.corrupt(`names the huge object ${number}, which is not there`);
  };
  return {
    idLength: header.idLength,
    read(id) {
      const first = id.u8();
      if (first >> 6 !== 0) id.corrupt(`has version ${first >> 6}, expected 0`);
      switch ((first >> 4) & 3) {
        case 0:
          return blocks.read(id.uint(header.offsetBytes), id.uint(header.lengthBytes));
        case 1:
          return readHuge(id);
        case 2:
          return readTiny(id, first & 15, header.idLength);
        default:
          return id.corrupt("has an unknown type");
      }
    },
  };
}

/** Small enough to stand in the identifier itself; long identifiers have twelve bits of length. */
function readTiny(id: Cursor, low: number, idLength: number): Cursor {
  const length = idLength - 1 <= 16 ? low + 1 : low * 256 + id.u8() + 1;
  return id.part(length, "a tiny heap object");
}

function readHugeTable(
  reader: Hdf5Reader,
  header: FractalHeapHeader,
): ReadonlyMap<number, { address: number; length: number }> {
  const table = new Map<number, { address: number; length: number }>();
  if (header.hugeTree === undefined) return table;
  walkTreeV2(reader, header.hugeTree, [1, 2], (record, type) => {
    if (type === 2) {
      fail("unsupported", "The file keeps links or attributes in a compressed heap.", {
        at: { file: reader.source.name },
      });
    }
    const place = { address: record.definedAddress(), length: record.length() };
    table.set(record.length(), place);
  });
  return table;
}
