import { around, emptyTensor, sizeOf, type Tensor, transposed } from "./tensor.ts";

/** From numbers to one. */
export type Reduction = (values: Float32Array) => number;

/** Brings the reduced axes to the end, so that each result has its numbers in one stretch. */
export function reduceAxes(
  x: Tensor,
  axes: readonly number[],
  keep: boolean,
  f: Reduction,
): Tensor {
  const reduced = new Set(axes);
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !reduced.has(axis));
  const last = [...reduced].sort((a, b) => a - b);
  const { data } = transposed(x, [...kept, ...last]);
  const size = sizeOf(last.map((axis) => x.shape[axis] ?? 1));
  const shape = keep
    ? x.shape.map((one, axis) => (reduced.has(axis) ? 1 : one))
    : kept.map((axis) => x.shape[axis] ?? 1);
  const result = emptyTensor(shape.length === 0 ? [1] : shape);
  for (let index = 0; index < result.data.length; index++) {
    result.data[index] = f(data.subarray(index * size, (index + 1) * size));
  }
  return result;
}

/** Where along an axis the number lies that no other is better than. */
export function indexOfExtreme(
  x: Tensor,
  axis: number,
  better: (value: number, best: number) => boolean,
): Tensor {
  const [outer, size, inner] = around(x.shape, axis);
  const result = emptyTensor(x.shape.map((one, index) => (index === axis ? 1 : one)));
  for (let group = 0; group < outer * inner; group++) {
    const start = Math.floor(group / inner) * size * inner + (group % inner);
    let best = 0;
    for (let at = 1; at < size; at++) {
      if (better(x.data[start + at * inner] ?? 0, x.data[start + best * inner] ?? 0)) best = at;
    }
    result.data[group] = best;
  }
  return result;
}

/** Joins numbers one after another. */
export function fold(
  values: Float32Array,
  start: number,
  f: (total: number, x: number) => number,
): number {
  let total = start;
  for (const value of values) total = f(total, value);
  return total;
}

/** Their sum. */
export function sum(values: Float32Array): number {
  return fold(values, 0, (total, x) => total + x);
}

/** Their mean. */
export function mean(values: Float32Array): number {
  return sum(values) / values.length;
}

/** The sum of their squares. */
export function squares(values: Float32Array): number {
  return fold(values, 0, (total, x) => total + x * x);
}
