import type { NumericArray } from "../ir/tensor.ts";

/** An axis of a box of numbers: how many steps, and how far each goes in the source and in the target. */
export interface Axis {
  readonly count: number;
  readonly read: number;
  readonly write: number;
}

/**
 * Copies a box of numbers to other places: the one at position (i, j, …) of `axes` goes from
 * `i * read + j * read …` of the source to `to + i * write + j * write …` of the target.
 */
export function scatter(
  source: NumericArray,
  axes: readonly Axis[],
  target: NumericArray,
  to: number,
): void {
  const wide = axes.filter(({ count }) => count !== 1);
  const across = wide.reduce((best, axis) => (axis.read < best.read ? axis : best), wide[0] ?? ONE);
  const along = wide.reduce((best, axis) => (axis.write < best.write ? axis : best), across);
  const outer = wide.filter((axis) => axis !== across && axis !== along);
  outer.sort((a, b) => b.write - a.write);
  if (across === along) {
    forEachStep(outer, 0, 0, to, (read, write) => copyRun(source, read, target, write, along));
  } else {
    forEachStep(outer, 0, 0, to, (read, write) =>
      copyBlock(source, read, target, write, across, along),
    );
  }
}

const ONE: Axis = { count: 1, read: 1, write: 1 };

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

/** Four lanes at a time: neighbours in the source go to four rows of the target, each filled from front to back. */
function copyBlock(
  source: NumericArray,
  read: number,
  target: NumericArray,
  write: number,
  across: Axis,
  along: Axis,
): void {
  const { read: nextRead, write: nextWrite } = across;
  let lane = 0;
  for (; lane + 4 <= across.count; lane += 4) {
    let from = read + lane * nextRead;
    let to = write + lane * nextWrite;
    for (let index = 0; index < along.count; index++) {
      target[to] = source[from] ?? 0;
      target[to + nextWrite] = source[from + nextRead] ?? 0;
      target[to + 2 * nextWrite] = source[from + 2 * nextRead] ?? 0;
      target[to + 3 * nextWrite] = source[from + 3 * nextRead] ?? 0;
      from += along.read;
      to += along.write;
    }
  }
  for (; lane < across.count; lane++) {
    copyRun(source, read + lane * nextRead, target, write + lane * nextWrite, along);
  }
}

function copyRun(
  source: NumericArray,
  read: number,
  target: NumericArray,
  write: number,
  axis: Axis,
): void {
  if (axis.read === 1 && axis.write === 1) {
    target.set(source.subarray(read, read + axis.count), write);
    return;
  }
  let from = read;
  let to = write;
  for (let index = 0; index < axis.count; index++) {
    target[to] = source[from] ?? 0;
    from += axis.read;
    to += axis.write;
  }
}
