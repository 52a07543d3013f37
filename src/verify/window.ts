/** How a kernel moves over the spatial axes; one entry per axis, first axis first. */
export interface Window {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** Zeros before and after the input. */
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** A window without its padding. */
export type WindowSize = Pick<Window, "kernel" | "stride" | "dilation">;

/** How much of the input a dilated kernel spans. */
function extentOf(kernel: number, dilation: number): number {
  return (kernel - 1) * dilation + 1;
}

/** `floor((in + before + after - extent) / stride) + 1` per axis; 0 where the kernel does not fit. */
export function outputSizes(spatial: readonly number[], window: Window): number[] {
  return spatial.map((size, axis) => {
    const { kernel, stride, dilation, before, after } = window;
    const extent = extentOf(kernel[axis] ?? 1, dilation[axis] ?? 1);
    const room = size + (before[axis] ?? 0) + (after[axis] ?? 0) - extent;
    return room < 0 ? 0 : Math.floor(room / (stride[axis] ?? 1)) + 1;
  });
}

/**
 * As much padding as makes the output `ceil(in / stride)`; of an odd amount the larger half goes
 * after, or before if `heavyStart`.
 *
 * @see NeuralNetwork.proto SamePadding
 */
export function samePadding(
  spatial: readonly number[],
  size: WindowSize,
  heavyStart: boolean,
): Pick<Window, "before" | "after"> {
  const totals = spatial.map((input, axis) => {
    const stride = size.stride[axis] ?? 1;
    const extent = extentOf(size.kernel[axis] ?? 1, size.dilation[axis] ?? 1);
    return Math.max(0, (Math.ceil(input / stride) - 1) * stride + extent - input);
  });
  const small = totals.map((total) => Math.floor(total / 2));
  const large = totals.map((total) => Math.ceil(total / 2));
  return heavyStart ? { before: large, after: small } : { before: small, after: large };
}

/** Offset of every position of a block within an array of the given strides, row-major. */
export function offsetsOf(sizes: readonly number[], steps: readonly number[]): Int32Array {
  let offsets = Int32Array.of(0);
  sizes.forEach((size, axis) => {
    const step = steps[axis] ?? 0;
    const next = new Int32Array(offsets.length * size);
    offsets.forEach((offset, index) => {
      for (let at = 0; at < size; at++) next[index * size + at] = offset + at * step;
    });
    offsets = next;
  });
  return offsets;
}
