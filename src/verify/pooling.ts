import { checkWork } from "./limits.ts";
import { emptyTensor, sizeOf, stridesOf, type Tensor } from "./tensor.ts";
import { outputSizes, type Window } from "./window.ts";

/** How one pooling works. */
export interface Pooling {
  readonly window: Window;
  readonly type: "MAX" | "AVERAGE" | "L2";
  /** Averages divide by the number of real pixels instead of that of the padded window. */
  readonly excludePadding: boolean;
  /** Output sizes where they do not follow from the window (Caffe's rounding up). */
  readonly sizes?: readonly number[];
}

/** Pools the last axes of `x`; padding never wins a maximum. */
export function pool(x: Tensor, pooling: Pooling): Tensor {
  const { window } = pooling;
  const rank = window.kernel.length;
  const spatial = x.shape.slice(-rank);
  const sizes = pooling.sizes ?? outputSizes(spatial, window);
  const lead = x.shape.slice(0, -rank);
  const result = emptyTensor([...lead, ...sizes]);
  const planes = sizeOf(lead);
  const inPlane = sizeOf(spatial);
  const reach = spatial.map((size, axis) => Math.min(size, window.kernel[axis] ?? 1));
  checkWork(result.data.length, ...reach);
  const ranges = windowsOf(spatial, sizes, window);
  const strides = stridesOf(spatial);
  const outPlane = sizeOf(sizes);
  for (let index = 0; index < outPlane; index++) {
    const { offsets, count } = taps(index, sizes, ranges, strides);
    const divisor = pooling.excludePadding ? offsets.length : count;
    for (let plane = 0; plane < planes; plane++) {
      const value = reduce(x.data, plane * inPlane, offsets, pooling.type, divisor);
      result.data[plane * outPlane + index] = value;
    }
  }
  return result;
}

/** The part of one window that lies on real pixels, and its length including padding. */
interface Range {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

function windowsOf(
  spatial: readonly number[],
  sizes: readonly number[],
  window: Window,
): Range[][] {
  return sizes.map((size, axis) => {
    const input = spatial[axis] ?? 1;
    const before = window.before[axis] ?? 0;
    const end = input + (window.after[axis] ?? 0);
    return Array.from({ length: size }, (_, at) => {
      const from = at * (window.stride[axis] ?? 1) - before;
      const to = Math.min(from + (window.kernel[axis] ?? 1), end);
      return { from: Math.max(0, from), to: Math.min(to, input), count: to - from };
    });
  });
}

function taps(
  index: number,
  sizes: readonly number[],
  ranges: readonly (readonly Range[])[],
  strides: readonly number[],
): { offsets: readonly number[]; count: number } {
  let offsets = [0];
  let count = 1;
  const outStrides = stridesOf(sizes);
  sizes.forEach((size, axis) => {
    const at = Math.floor(index / (outStrides[axis] ?? 1)) % size;
    const { from, to, count: length } = ranges[axis]?.[at] ?? { from: 0, to: 0, count: 0 };
    const steps = Array.from({ length: Math.max(0, to - from) }, (_, step) => from + step);
    offsets = offsets.flatMap((base) => steps.map((step) => base + step * (strides[axis] ?? 0)));
    count *= length;
  });
  return { offsets, count };
}

function reduce(
  data: Float32Array,
  base: number,
  offsets: readonly number[],
  type: Pooling["type"],
  divisor: number,
): number {
  if (type === "MAX") {
    let largest = Number.NEGATIVE_INFINITY;
    for (const offset of offsets) largest = Math.max(largest, data[base + offset] ?? 0);
    return largest;
  }
  let sum = 0;
  for (const offset of offsets) {
    const value = data[base + offset] ?? 0;
    sum += type === "L2" ? value * value : value;
  }
  return type === "L2" ? Math.sqrt(sum) : sum / divisor;
}
