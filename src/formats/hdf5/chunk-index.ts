import { walkTreeV1 } from "./btree-v1.ts";
import { walkTreeV2 } from "./btree-v2.ts";
import { type ChunkGrid, chunkNumber, growingNumber } from "./chunk-grid.ts";
import type { ChunkPlace, FindElement } from "./chunk-place.ts";
import type { Cursor } from "./cursor.ts";
import { openExtensibleArray } from "./extensible-array.ts";
import { openFixedArray } from "./fixed-array.ts";
import type { ChunkIndex } from "./layout.ts";
import type { Hdf5Reader } from "./reader.ts";

/** Finds the chunk at a position of the grid; undefined when it was never written. */
export type FindChunk = (position: readonly number[]) => ChunkPlace | undefined;

/** Opens any of the six kinds of chunk index. Trees are read whole, arrays as far as asked. */
export function openChunkIndex(
  reader: Hdf5Reader,
  index: ChunkIndex,
  grid: ChunkGrid,
  filtered: boolean,
): FindChunk {
  const { address } = index;
  if (address === undefined) return () => undefined;
  const plain = (at: number): ChunkPlace => ({ address: at, size: grid.chunkBytes, mask: 0 });
  switch (index.kind) {
    case "single": {
      const { stored } = index;
      const place = stored ? { address, size: stored.size, mask: stored.filterMask } : undefined;
      return () => place ?? plain(address);
    }
    case "implicit":
      return (position) =>
        plain(address + growingNumber(grid.maxCounts, position) * grid.chunkBytes);
    case "fixed-array":
      return byNumber(grid, openFixedArray(reader, address, { filtered, plain }));
    case "extensible-array":
      return byNumber(grid, openExtensibleArray(reader, address, { filtered, plain }));
    case "btree-v1":
      return byPosition(grid, (add) => readTreeV1(reader, address, grid, add));
    case "btree-v2":
      return byPosition(grid, (add) => readTreeV2(reader, address, { grid, filtered, plain }, add));
  }
}

function byNumber(grid: ChunkGrid, find: FindElement): FindChunk {
  return (position) => find(growingNumber(grid.maxCounts, position));
}

type AddChunk = (position: readonly number[], place: ChunkPlace, record: Cursor) => void;

function byPosition(grid: ChunkGrid, readAll: (add: AddChunk) => void): FindChunk {
  const places = new Map<number, ChunkPlace>();
  readAll((position, place, record) => {
    const number = chunkNumber(grid.counts, position);
    // Chunks outside are left over from a larger shape.
    if (number === undefined) return;
    if (places.has(number)) record.corrupt(`is the second for chunk (${position.join(", ")})`);
    places.set(number, place);
  });
  return (position) => places.get(chunkNumber(grid.counts, position) ?? -1);
}

function readTreeV1(reader: Hdf5Reader, root: number, grid: ChunkGrid, add: AddChunk): void {
  const keySize = 8 + 8 * (grid.chunkShape.length + 1);
  walkTreeV1(reader, root, { node: 1, keySize }, (address, key) => {
    const size = key.u32();
    const mask = key.u32();
    const position = grid.chunkShape.map((dim) => {
      const offset = key.uint(8);
      if (offset % dim !== 0) key.corrupt(`names a chunk at ${offset}, not a multiple of ${dim}`);
      return offset / dim;
    });
    add(position, { address, size, mask }, key);
  });
}

/** Record types: 10 without filters, 11 with them. */
function readTreeV2(
  reader: Hdf5Reader,
  address: number,
  kind: { grid: ChunkGrid; filtered: boolean; plain: (at: number) => ChunkPlace },
  add: AddChunk,
): void {
  const rank = kind.grid.chunkShape.length;
  walkTreeV2(reader, address, [kind.filtered ? 11 : 10], (record) => {
    const at = record.definedAddress();
    const place = kind.plain(at);
    const sizeBytes = record.remaining - 4 - 8 * rank;
    const stored = kind.filtered
      ? { address: at, size: record.uint(sizeBytes), mask: record.u32() }
      : place;
    const position = Array.from({ length: rank }, () => record.uint(8));
    add(position, stored, record);
  });
}
