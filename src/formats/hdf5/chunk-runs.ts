/** Bytes that lie side by side both in row-major order and in one chunk. */
export interface Run {
  /** First byte in row-major order. */
  readonly at: number;
  readonly length: number;
  /** Position of the chunk in the grid, and first byte in the chunk. */
  readonly chunk: readonly number[];
  readonly offset: number;
}

/** Cuts any range of a dataset's bytes into runs. */
export function createRuns(
  shape: readonly number[],
  chunkShape: readonly number[],
  elementSize: number,
): (start: number, length: number) => Iterable<Run> {
  const { dims, chunk } = mergeDims(shape, chunkShape, elementSize);
  // Dimensions that were merged away are one chunk wide.
  const rest = shape.slice(dims.length).map(() => 0);
  const last = dims.length - 1;
  return function* cut(start, length) {
    const end = start + length;
    for (let at = start; at < end; ) {
      const position = unravel(at, dims);
      const grid = position.map((place, dim) => Math.floor(place / (chunk[dim] ?? 1)));
      const within = position.map((place, dim) => place % (chunk[dim] ?? 1));
      const run = Math.min(
        end - at,
        (dims[last] ?? 0) - (position[last] ?? 0),
        (chunk[last] ?? 0) - (within[last] ?? 0),
      );
      yield { at, length: run, chunk: [...grid, ...rest], offset: ravel(within, chunk) };
      at += run;
    }
  };
}

/**
 * Counts in bytes along the last dimension, and joins dimensions that chunks span exactly to the one
 * before, which makes runs longer.
 */
function mergeDims(
  shape: readonly number[],
  chunkShape: readonly number[],
  elementSize: number,
): { dims: number[]; chunk: number[] } {
  let rank = shape.length;
  let width = elementSize;
  while (rank > 1 && shape[rank - 1] === chunkShape[rank - 1]) {
    rank -= 1;
    width *= shape[rank] ?? 1;
  }
  const widen = (sizes: readonly number[]) =>
    sizes.slice(0, rank).map((size, at) => (at === rank - 1 ? size * width : size));
  return { dims: widen(shape), chunk: widen(chunkShape) };
}

function unravel(index: number, dims: readonly number[]): number[] {
  const position = dims.slice();
  let rest = index;
  for (let at = dims.length - 1; at >= 0; at -= 1) {
    const dim = dims[at] ?? 1;
    position[at] = rest % dim;
    rest = Math.floor(rest / dim);
  }
  return position;
}

function ravel(position: readonly number[], dims: readonly number[]): number {
  return position.reduce((index, place, at) => index * (dims[at] ?? 1) + place, 0);
}
