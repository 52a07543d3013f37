import { fail } from "../../errors.ts";
import { sizeOf } from "../../ir/tensor.ts";

/** Numbers in memory, row-major. Booleans are 0 and 1. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** A tensor of zeros. */
export function zeros(shape: readonly number[]): Tensor {
  return { shape, data: new Float64Array(sizeOf(shape)) };
}

/** Size of axis `axis`, counted from the end when negative. */
export function dim(tensor: Tensor, axis: number): number {
  const size = tensor.shape.at(axis);
  if (size === undefined) fail("internal", `no axis ${axis} in (${tensor.shape.join(", ")})`);
  return size;
}

/** Element of an array that is known to be long enough. */
export function at<T>(list: ArrayLike<T>, index: number): T {
  const value = list[index];
  if (value === undefined) fail("internal", `no element ${index} of ${list.length}`);
  return value;
}

/** The single tensor of a list. */
export function only(tensors: readonly Tensor[]): Tensor {
  if (tensors.length !== 1) fail("internal", `${tensors.length} tensors instead of one`);
  return at(tensors, 0);
}

/** `f` of every number. */
export function map(tensor: Tensor, f: (x: number) => number): Tensor {
  return { shape: tensor.shape, data: tensor.data.map(f) };
}

/** How far apart neighbours along each axis lie. */
export function stridesOf(shape: readonly number[]): readonly number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** The result at every multi-index, from the indices alone. */
export function build(shape: readonly number[], f: (index: readonly number[]) => number): Tensor {
  const result = zeros(shape);
  const index = shape.map(() => 0);
  for (let place = 0; place < result.data.length; place++) {
    result.data[place] = f(index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = at(index, axis) + 1;
      if (at(index, axis) < at(shape, axis)) break;
      index[axis] = 0;
    }
  }
  return result;
}

/** Element at an index; axes of size 1 broadcast; leading axes may be missing. */
export function pick(tensor: Tensor, index: readonly number[]): number {
  const lead = index.length - tensor.shape.length;
  let place = 0;
  for (let axis = 0; axis < tensor.shape.length; axis++) {
    const size = at(tensor.shape, axis);
    place = place * size + (size === 1 ? 0 : at(index, axis + lead));
  }
  return at(tensor.data, place);
}

/** Axis `i` of the result is axis `order[i]`. */
export function transpose(tensor: Tensor, order: readonly number[]): Tensor {
  const strides = stridesOf(tensor.shape);
  const result = zeros(order.map((axis) => at(tensor.shape, axis)));
  const rank = order.length;
  if (rank === 0) return tensor;
  const steps = order.map((axis) => at(strides, axis));
  const index = order.map(() => 0);
  const [last, step] = [dim(result, -1), at(steps, rank - 1)];
  let source = 0;
  for (let place = 0; place < result.data.length; place += last) {
    for (let i = 0; i < last; i++) {
      result.data[place + i] = tensor.data[source + i * step] ?? 0;
    }
    for (let axis = rank - 2; axis >= 0; axis--) {
      const next = at(index, axis) + 1;
      source += at(steps, axis);
      index[axis] = next;
      if (next < at(result.shape, axis)) break;
      source -= at(steps, axis) * next;
      index[axis] = 0;
    }
  }
  return result;
}

/** Applies `f` to every vector along one axis; `f` may change the length. */
export function alongAxis(
  tensor: Tensor,
  axis: number,
  f: (values: Float64Array) => Float64Array,
): Tensor {
  const last = tensor.shape.length - 1;
  const order = tensor.shape.map((_, i) => i).filter((i) => i !== axis);
  const moved = transpose(tensor, [...order, axis]);
  const length = dim(tensor, axis);
  const rows: Float64Array[] = [];
  for (let start = 0; start < moved.data.length; start += length) {
    rows.push(f(moved.data.slice(start, start + length)));
  }
  const width = rows[0]?.length ?? length;
  const result = zeros([...moved.shape.slice(0, -1), width]);
  rows.forEach((row, i) => {
    result.data.set(row, i * width);
  });
  const back = tensor.shape.map((_, i) => (i < axis ? i : i === axis ? last : i - 1));
  return transpose(result, back);
}

/** The same numbers in another shape of the same size. */
export function reshape(tensor: Tensor, shape: readonly number[]): Tensor {
  if (sizeOf(shape) !== tensor.data.length) {
    fail("internal", `(${tensor.shape.join(", ")}) is not (${shape.join(", ")})`);
  }
  return { shape, data: tensor.data };
}

/** The first item of a batch of `size`, without the batch axis; where that is joined with another one, its part of it. */
export function firstItem({ shape, data }: Tensor, size: number): Tensor {
  const [batch = 1, ...rest] = shape;
  const inner = batch === size ? rest : [batch / size, ...rest];
  return { shape: inner, data: data.subarray(0, sizeOf(inner)) };
}
