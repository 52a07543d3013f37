import { fail } from "../../errors.ts";
import { type ChunkGrid, createGrid } from "./chunk-grid.ts";
import { type FindChunk, openChunkIndex } from "./chunk-index.ts";
import type { ChunkPlace } from "./chunk-place.ts";
import { createRuns } from "./chunk-runs.ts";
import type { DataHeader } from "./data.ts";
import { expansionLimit, type Filter, readFilters, undoFilters } from "./filters.ts";
import type { ChunkedLayout } from "./layout.ts";
import { MESSAGE } from "./object-header.ts";
import type { Hdf5Objects } from "./objects.ts";
import { type DataBytes, fillBytes } from "./storage.ts";

/** Data cut into chunks, each stored by itself and perhaps packed. The index is read at first use. */
export function chunkedData(
  objects: Hdf5Objects,
  header: DataHeader,
  layout: ChunkedLayout,
  fill: Uint8Array,
): DataBytes {
  const { shape, maxShape } = header;
  checkLayout(objects, header, layout);
  const grid = createGrid(shape, maxShape, layout.chunkShape, layout.elementSize);
  const filters = readFilters(header.body(MESSAGE.filters));
  const open = createOpener(objects, { layout, filters, grid, shape });
  let index: FindChunk | undefined;
  const find = (position: readonly number[]) => {
    index ??= openChunkIndex(objects.reader, layout.index, grid, filters.length > 0);
    return index(position);
  };
  const runs = createRuns(shape, layout.chunkShape, layout.elementSize);
  return {
    storage: {
      kind: "chunked",
      byteLength: shape.reduce((product, dim) => product * dim, layout.elementSize),
      chunkShape: layout.chunkShape,
      filters: filters.map(({ name }) => name),
    },
    readInto(start, target) {
      for (const run of runs(start, target.length)) {
        const part = target.subarray(run.at - start, run.at - start + run.length);
        const place = find(run.chunk);
        if (place === undefined) fillBytes(part, fill, run.at);
        else open(place, run.chunk)(run.offset, part);
      }
    },
  };
}

/** Above this a chunk without filters is read in place rather than kept. */
const KEEP = 1024 * 1024;
/** No chunk that must be unpacked whole may be larger. */
const MAX_CHUNK = 512 * 1024 * 1024;

type ReadChunk = (offset: number, target: Uint8Array) => void;

interface ChunkedSource {
  readonly layout: ChunkedLayout;
  readonly filters: readonly Filter[];
  readonly grid: ChunkGrid;
  readonly shape: readonly number[];
}

function createOpener(
  objects: Hdf5Objects,
  source: ChunkedSource,
): (place: ChunkPlace, position: readonly number[]) => ReadChunk {
  const { reader } = objects;
  const cached = objects.chunks.open();
  const { layout, filters, grid } = source;
  return (place, position) => {
    const plain =
      filters.length === 0 || (layout.plainEdges && reachesOver(source.shape, grid, position));
    if (plain && grid.chunkBytes > KEEP) {
      reader.checkRange(place.address, grid.chunkBytes, CHUNK);
      const start = reader.base + place.address;
      return (offset, target) => reader.source.readInto(start + offset, target);
    }
    const bytes = cached(place.address, () => unpack(objects, source, place, plain ? [] : filters));
    return (offset, target) => target.set(bytes.subarray(offset, offset + target.length));
  };
}

const CHUNK = "a chunk of data";

function unpack(
  { reader }: Hdf5Objects,
  { grid }: ChunkedSource,
  place: ChunkPlace,
  filters: readonly Filter[],
): Uint8Array {
  const length = grid.chunkBytes;
  const most = expansionLimit(filters, place.size);
  const cursor = reader.cursor(place.address, place.size, CHUNK);
  if (length > most) {
    cursor.corrupt(`is ${place.size} bytes long, which cannot become ${length}`);
  }
  if (length > MAX_CHUNK) {
    fail("limit", `A chunk of data would be ${length} bytes long, more than ${MAX_CHUNK}.`, {
      at: { file: reader.source.name },
      hint: "Repack the file with smaller chunks, for instance with h5repack.",
    });
  }
  return undoFilters(filters, cursor.bytes, { length, mask: place.mask, cursor });
}

function reachesOver(
  shape: readonly number[],
  grid: ChunkGrid,
  position: readonly number[],
): boolean {
  return grid.chunkShape.some((dim, at) => ((position[at] ?? 0) + 1) * dim > (shape[at] ?? 0));
}

function checkLayout(
  { reader }: Hdf5Objects,
  { shape, type }: DataHeader,
  { chunkShape, elementSize }: ChunkedLayout,
): void {
  const at = { file: reader.source.name };
  const sizes = [chunkShape.length, elementSize, shape.length, type.size];
  if (sizes[0] !== sizes[2] || sizes[1] !== sizes[3]) {
    const [chunkRank, chunkSize, rank, size] = sizes;
    fail(
      "corrupt-file",
      `The chunks have ${chunkRank} dimensions and elements of ${chunkSize} bytes, expected ${rank} and ${size}.`,
      { at, hint: "The file is damaged; fetch it again." },
    );
  }
  const bytes = chunkShape.reduce((product, dim) => product * dim, elementSize);
  if (Number.isSafeInteger(bytes)) return;
  fail("limit", `The chunks have the impossible shape (${chunkShape.join(", ")}).`, { at });
}
