import { checkedSize } from "./limits.ts";

/** Numbers in row-major order. Stored as float32, as Core ML does; sums are made in float64. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dim) => size * dim, 1);
}

/** A tensor of zeros. Throws `limit` for a shape that is too large to be true. */
export function emptyTensor(shape: readonly number[]): Tensor & { readonly data: Float32Array } {
  return { shape, data: new Float32Array(checkedSize(shape)) };
}

/** The same numbers in another shape. */
export function reshaped(tensor: Tensor, shape: readonly number[]): Tensor {
  return { shape, data: tensor.data };
}

/** `f` of every number. */
export function mapTensor(tensor: Tensor, f: (value: number) => number): Tensor {
  const result = emptyTensor(tensor.shape);
  for (let index = 0; index < tensor.data.length; index++) {
    result.data[index] = f(tensor.data[index] ?? 0);
  }
  return result;
}

/** How far apart neighbours along each axis lie in row-major order. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  }
  return strides;
}

/** Sizes before, at and after an axis. `axis` counts from 0. */
export function around(
  shape: readonly number[],
  axis: number,
): readonly [outer: number, size: number, inner: number] {
  return [sizeOf(shape.slice(0, axis)), shape[axis] ?? 1, sizeOf(shape.slice(axis + 1))];
}

/** `[1, 1, 3, 8, 8]` */
export function showShape(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

/**
 * A tensor whose element at a position is the source's at `start + Σ position[axis] * step[axis]`:
 * transposes, slices, broadcasts and repeats alike.
 */
export function gather(
  data: Float32Array,
  shape: readonly number[],
  start: number,
  steps: readonly number[],
): Tensor {
  const result = emptyTensor(shape);
  const rank = shape.length;
  if (result.data.length === 0) return result;
  const last = shape[rank - 1] ?? 1;
  const step = steps[rank - 1] ?? 0;
  const position = new Array<number>(rank).fill(0);
  let source = start;
  for (let target = 0; target < result.data.length; target += last) {
    for (let index = 0; index < last; index++) {
      result.data[target + index] = data[source + index * step] ?? 0;
    }
    for (let axis = rank - 2; axis >= 0; axis--) {
      const next = (position[axis] ?? 0) + 1;
      const stride = steps[axis] ?? 0;
      const size = shape[axis] ?? 1;
      source += stride;
      position[axis] = next;
      if (next < size) break;
      source -= stride * size;
      position[axis] = 0;
    }
  }
  return result;
}

/** Axes in another order: output axis `i` is input axis `order[i]`. */
export function transposed(tensor: Tensor, order: readonly number[]): Tensor {
  const strides = stridesOf(tensor.shape);
  return gather(
    tensor.data,
    order.map((axis) => tensor.shape[axis] ?? 1),
    0,
    order.map((axis) => strides[axis] ?? 0),
  );
}
