import { add, pad, reshape, slice, stridedSlice, type Tensor } from "@tensorflow/tfjs-core";
import { fail } from "../../../errors.ts";
import { type Window, windowPadding } from "../../../ir/ops/window.ts";
import { sizeAt } from "../rank.ts";

/** A sliding window over `(batch, …spatial, channels)`, place by place: what a gradient kernel does, of ops that every backend has. */
export interface Taps {
  /** One for each place of the window, row-major, as offsets into the padded input. */
  readonly offsets: readonly (readonly number[])[];
  /** What each place of the window sees: `(batch, …output, channels)`. */
  see(padded: Tensor, offset: readonly number[]): Tensor;
  /** The other way round: where these numbers came from, zeros elsewhere, of the padded input's shape. */
  spread(seen: Tensor, offset: readonly number[]): Tensor;
  /** The input with its border. */
  pad(x: Tensor, value: number): Tensor;
  /** Without the border. */
  crop(padded: Tensor): Tensor;
}

/** The window's places for an input and an output of these shapes. */
export function tapsOf(window: Window, input: readonly number[], output: readonly number[]): Taps {
  const amounts = window.size.map((_, axis) => {
    const amount = windowPadding(window, axis, input[axis + 1] ?? null);
    return amount ?? fail("internal", "The size of an input is not known while running.");
  });
  const { strides, dilations } = window;
  const reach = strides.map((stride, axis) => ((output[axis + 1] ?? 1) - 1) * stride + 1);
  const padded = amounts.map(([before, after], axis) => before + (input[axis + 1] ?? 0) + after);
  const plain = amounts.every(([before, after]) => before === 0 && after === 0);
  return {
    offsets: placesOf(window.size).map((place) =>
      place.map((step, axis) => step * (dilations[axis] ?? 1)),
    ),
    see: (x, offset) => {
      const ends = offset.map((start, axis) => start + (reach[axis] ?? 0));
      const [batch, channels] = [sizeAt(x, 0), sizeAt(x, -1)];
      if (strides.every((stride) => stride === 1)) {
        return slice(x, [0, ...offset, 0], [batch, ...reach, channels]);
      }
      return stridedSlice(x, [0, ...offset, 0], [batch, ...ends, channels], [1, ...strides, 1]);
    },
    spread: (seen, offset) => {
      const apart = strides.reduce((y, stride, axis) => interleave(y, axis + 1, stride), seen);
      const borders = offset.map((before, axis): [number, number] => [
        before,
        (padded[axis] ?? 0) - before - (reach[axis] ?? 0),
      ]);
      if (borders.every(([before, after]) => before === 0 && after === 0)) return apart;
      return pad(apart, [[0, 0], ...borders, [0, 0]]);
    },
    pad: (x, value) => (plain ? x : pad(x, [[0, 0], ...mutable(amounts), [0, 0]], value)),
    crop: (y) =>
      plain
        ? y
        : slice(
            y,
            [0, ...amounts.map(([before]) => before), 0],
            [...input.slice(0, -1), sizeAt(y, -1)],
          ),
  };
}

/** Sum of tensors, the first of which may be missing. */
export function plus(sum: Tensor | undefined, x: Tensor): Tensor {
  return sum === undefined ? x : add(sum, x);
}

/** Zeros between the places of an axis. */
export function interleave(x: Tensor, axis: number, stride: number): Tensor {
  if (stride === 1) return x;
  const { shape } = x;
  const size = sizeAt(x, axis);
  const [lead, rest] = [product(shape.slice(0, axis)), product(shape.slice(axis + 1))];
  const apart = pad(reshape(x, [lead * size, 1, rest]), [
    [0, 0],
    [0, stride - 1],
    [0, 0],
  ]);
  const joined = reshape(apart, [lead, size * stride, rest]);
  const reach = (size - 1) * stride + 1;
  return reshape(slice(joined, [0, 0, 0], [lead, reach, rest]), shape.with(axis, reach));
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}

function mutable(amounts: readonly (readonly [number, number])[]): [number, number][] {
  return amounts.map(([before, after]) => [before, after]);
}

/** All places of a window, row-major. */
function placesOf(size: readonly number[]): readonly (readonly number[])[] {
  return size.reduce<readonly (readonly number[])[]>(
    (places, length) =>
      places.flatMap((place) => Array.from({ length }, (_, step) => [...place, step])),
    [[]],
  );
}
