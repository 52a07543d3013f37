import type { NumericArray } from "../ir/tensor.ts";

/** Numbers in memory seen through other axes: position (i0, i1, …) is `data[i0 * strides[0] + …]`. */
export interface PermutedView {
  readonly data: NumericArray;
  readonly dims: readonly number[];
  readonly strides: readonly number[];
}

/** Fills `target` with the row-major elements of the view from position `from` on. */
export function copyPermuted(view: PermutedView, from: number, target: NumericArray): void {
  copyRange(view, 0, 0, from, target, 0, target.length);
}

/** Copies elements `from … from + count` of the part of the view that starts at `base`, axes `depth` and on. */
function copyRange(
  view: PermutedView,
  depth: number,
  base: number,
  from: number,
  target: NumericArray,
  to: number,
  count: number,
): void {
  const stride = view.strides[depth] ?? 1;
  if (depth >= view.dims.length - 1) {
    copyStrided(view.data, base + from * stride, stride, target, to, count);
    return;
  }
  const row = view.dims.slice(depth + 1).reduce((size, dim) => size * dim, 1);
  let done = 0;
  while (done < count) {
    const index = Math.floor((from + done) / row);
    const within = (from + done) % row;
    const left = count - done;
    const rows = within === 0 ? Math.floor(left / row) : 0;
    const start = base + index * stride;
    if (rows > 0) copyRows(view, depth, start, rows, target, to + done);
    else copyRange(view, depth + 1, start, within, target, to + done, Math.min(row - within, left));
    done += rows > 0 ? rows * row : Math.min(row - within, left);
  }
}

/** An axis of a box: how many steps, and how far each goes in the source and in the target. */
interface Axis {
  readonly count: number;
  readonly read: number;
  readonly write: number;
}

/** Whole rows: `rows` steps of axis `depth` with everything below. */
function copyRows(
  view: PermutedView,
  depth: number,
  base: number,
  rows: number,
  target: NumericArray,
  to: number,
): void {
  const axes: Axis[] = [];
  let write = 1;
  for (let axis = view.dims.length - 1; axis >= depth; axis--) {
    const count = axis === depth ? rows : (view.dims[axis] ?? 1);
    axes.unshift({ count, read: view.strides[axis] ?? 1, write });
    write *= count;
  }
  const across = axes.reduce((best, axis) => (axis.read < best.read ? axis : best));
  const along = axes.at(-1) ?? across;
  const outer = axes.filter((axis) => axis !== across && axis !== along);
  if (across === along) {
    forEachStep(outer, 0, base, to, (read, at) =>
      copyStrided(view.data, read, along.read, target, at, along.count),
    );
    return;
  }
  // A cache line of the source holds 16 numbers: use all of them while it is there.
  for (let first = 0; first < across.count; first += BLOCK) {
    const width = Math.min(BLOCK, across.count - first);
    const block = { ...across, count: width };
    const start = base + first * across.read;
    forEachStep(outer, 0, start, to + first * across.write, (read, at) =>
      copyBlock(view.data, read, target, at, block, along),
    );
  }
}

const BLOCK = 16;

function forEachStep(
  axes: readonly Axis[],
  depth: number,
  read: number,
  write: number,
  visit: (read: number, write: number) => void,
): void {
  const axis = axes[depth];
  if (axis === undefined) {
    visit(read, write);
    return;
  }
  for (let index = 0; index < axis.count; index++) {
    forEachStep(axes, depth + 1, read + index * axis.read, write + index * axis.write, visit);
  }
}

function copyBlock(
  source: NumericArray,
  read: number,
  target: NumericArray,
  write: number,
  across: Axis,
  along: Axis,
): void {
  const { count, read: readStep, write: writeStep } = across;
  for (let index = 0; index < along.count; index++) {
    let from = read + index * along.read;
    let to = write + index * along.write;
    for (let lane = 0; lane < count; lane++) {
      target[to] = source[from] ?? 0;
      from += readStep;
      to += writeStep;
    }
  }
}

function copyStrided(
  source: NumericArray,
  read: number,
  stride: number,
  target: NumericArray,
  write: number,
  count: number,
): void {
  if (stride === 1) {
    target.set(source.subarray(read, read + count), write);
    return;
  }
  let from = read;
  for (let index = 0; index < count; index++) {
    target[write + index] = source[from] ?? 0;
    from += stride;
  }
}
