import { checkedSize } from "./limits.ts";
import { around, emptyTensor, stridesOf, type Tensor } from "./tensor.ts";

/** One number around a tensor, so many times before and after each axis. */
export function padConstant(
  x: Tensor,
  before: readonly number[],
  after: readonly number[],
  value: number,
): Tensor {
  const result = emptyTensor(paddedShape(x.shape, before, after));
  result.data.fill(value);
  const strides = stridesOf(result.shape);
  const width = x.shape.at(-1) ?? 1;
  const start = strides.reduce((sum, stride, axis) => sum + stride * (before[axis] ?? 0), 0);
  const inner = stridesOf(x.shape);
  for (let from = 0; from < x.data.length; from += width) {
    const to = x.shape.reduce((sum, size, axis) => {
      const at = Math.floor(from / (inner[axis] ?? 1)) % size;
      return sum + at * (strides[axis] ?? 1);
    }, start);
    result.data.set(x.data.subarray(from, from + width), to);
  }
  return result;
}

/** Fills positions outside the input from the position that `inside` names. */
export function padFrom(
  x: Tensor,
  before: readonly number[],
  after: readonly number[],
  inside: (at: number, size: number) => number,
): Tensor {
  return x.shape.reduce((tensor, size, axis) => {
    const start = before[axis] ?? 0;
    const total = checkedSize([start + size + (after[axis] ?? 0)]);
    if (total === size) return tensor;
    const places = Array.from({ length: total }, (_, index) => {
      const at = index - start;
      return at >= 0 && at < size ? at : inside(at, size);
    });
    return takePlaces(tensor, axis, places);
  }, x);
}

function takePlaces(x: Tensor, axis: number, places: readonly number[]): Tensor {
  const [outer, size, inner] = around(x.shape, axis);
  const shape = x.shape.map((one, index) => (index === axis ? places.length : one));
  const result = emptyTensor(shape);
  for (let item = 0; item < outer; item++) {
    places.forEach((place, at) => {
      const from = (item * size + place) * inner;
      const part = x.data.subarray(from, from + inner);
      result.data.set(part, (item * places.length + at) * inner);
    });
  }
  return result;
}

function paddedShape(
  shape: readonly number[],
  before: readonly number[],
  after: readonly number[],
): number[] {
  return shape.map((size, axis) => size + (before[axis] ?? 0) + (after[axis] ?? 0));
}
