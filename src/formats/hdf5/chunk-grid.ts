/** How a shape is cut into chunks. */
export interface ChunkGrid {
  readonly chunkShape: readonly number[];
  /** Bytes of a whole chunk, before filters. */
  readonly chunkBytes: number;
  /** Number of chunks per dimension, for the shape as it is. */
  readonly counts: readonly number[];
  /** The same for the largest shape allowed; undefined where it has no limit. */
  readonly maxCounts: readonly (number | undefined)[];
}

/** The grid of chunks over a dataset; shapes in elements. */
export function createGrid(
  shape: readonly number[],
  maxShape: readonly (number | undefined)[],
  chunkShape: readonly number[],
  elementSize: number,
): ChunkGrid {
  const chunksOf = (size: number, at: number) => Math.ceil(size / (chunkShape[at] ?? 1));
  return {
    chunkShape,
    chunkBytes: chunkShape.reduce((product, dim) => product * dim, elementSize),
    counts: shape.map(chunksOf),
    maxCounts: maxShape.map((size, at) => (size === undefined ? undefined : chunksOf(size, at))),
  };
}

/** Row-major number of a chunk; undefined when it lies outside. */
export function chunkNumber(
  counts: readonly number[],
  position: readonly number[],
): number | undefined {
  let number = 0;
  for (const [at, count] of counts.entries()) {
    const step = position[at] ?? 0;
    if (step >= count) return undefined;
    number = number * count + step;
  }
  return number;
}

/**
 * Number of a chunk in indexes that are made for the largest shape. One dimension may have no limit:
 * it then counts as the slowest, whatever its place.
 *
 * @see HDF5 library, H5D__earray_idx_get_addr ("swizzled" coordinates)
 */
export function growingNumber(
  maxCounts: readonly (number | undefined)[],
  position: readonly number[],
): number {
  const open = Math.max(maxCounts.indexOf(undefined), 0);
  let number = position[open] ?? 0;
  for (const [at, count] of maxCounts.entries()) {
    if (at !== open) number = number * (count ?? 1) + (position[at] ?? 0);
  }
  return number;
}
