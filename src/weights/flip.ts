import { type NumericArray, sizeOf, type WeightRef } from "../ir/tensor.ts";

/** The weight with some axes turned round: index i becomes size - 1 - i. */
export function flipWeight(ref: WeightRef, axes: readonly number[]): WeightRef {
  const turned = axes.filter((axis) => ref.shape[axis] !== 1);
  const id = `${ref.id}|flip(${axes.join(",")})`;
  const result = { id, dtype: ref.dtype, shape: ref.shape };
  const last = Math.max(...turned);
  if (turned.length === 0) return { ...result, readInto: (target, at) => ref.readInto(target, at) };
  const outer = ref.shape.slice(0, last);
  const outerTurned = outer.map((_, axis) => turned.includes(axis));
  const inner = sizeOf(ref.shape.slice(last + 1));
  const row = (ref.shape[last] ?? 1) * inner;
  return {
    ...result,
    readInto(target, start) {
      let done = 0;
      while (done < target.length) {
        const within = (start + done) % row;
        const count = Math.min(row - within, target.length - done);
        const source = turnIndex(Math.floor((start + done) / row), outer, outerTurned) * row;
        readTurned(ref, { source, row, inner, within }, target.subarray(done, done + count));
        done += count;
      }
    },
  };
}

/** One stretch of elements along the last turned axis, `inner` numbers each. */
interface Row {
  /** Where the row starts in the source. */
  readonly source: number;
  readonly row: number;
  readonly inner: number;
  /** Where in the turned row reading starts. */
  readonly within: number;
}

/** Fills `target` from the turned row: reads the mirrored stretch once and reverses it in place. */
function readTurned(ref: WeightRef, row: Row, target: NumericArray): void {
  const { inner, within } = row;
  if (inner > 1) {
    let done = 0;
    while (done < target.length) {
      const item = Math.floor((within + done) / inner);
      const offset = (within + done) % inner;
      const count = Math.min(inner - offset, target.length - done);
      const at = row.source + row.row - (item + 1) * inner + offset;
      ref.readInto(target.subarray(done, done + count), at);
      done += count;
    }
    return;
  }
  ref.readInto(target, row.source + row.row - within - target.length);
  target.reverse();
}

/** Row-major index with some axes turned round. */
function turnIndex(index: number, shape: readonly number[], turned: readonly boolean[]): number {
  let rest = index;
  let stride = 1;
  let result = 0;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const dim = shape[axis] ?? 1;
    const at = rest % dim;
    rest = Math.floor(rest / dim);
    result += (turned[axis] ? dim - 1 - at : at) * stride;
    stride *= dim;
  }
  return result;
}
