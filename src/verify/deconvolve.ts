import { checkedSize, checkWork } from "./limits.ts";
import { emptyTensor, sizeOf, stridesOf, type Tensor } from "./tensor.ts";
import { offsetsOf } from "./window.ts";

/** A transposed convolution over any number of spatial axes. */
export interface Deconvolution {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly groups: number;
  readonly outputChannels: number;
  /** `[inputChannels, outputChannels / groups, ...kernel]` */
  readonly weights: Float32Array;
  readonly bias: Float32Array | undefined;
  readonly placement: Placement;
}

/**
 * Which part of the full result is the output: what remains after cutting borders, a stated size from a stated
 * start on, or a stated size, cut from both sides with the larger half at the end (or at the start if `heavyStart`).
 */
export type Placement =
  | { readonly before: readonly number[]; readonly after: readonly number[] }
  | { readonly sizes: readonly number[]; readonly start: readonly number[] }
  | { readonly sizes: readonly number[]; readonly heavyStart: boolean };

/** `x` is `[...batch, channels, ...spatial]`. Every input pixel adds a kernel to the output. */
export function deconvolve(x: Tensor, deconvolution: Deconvolution): Tensor {
  const { kernel, stride, outputChannels, bias } = deconvolution;
  const rank = kernel.length;
  const lead = x.shape.slice(0, -rank - 1);
  const channels = x.shape.at(-rank - 1) ?? 1;
  const spatial = x.shape.slice(-rank);
  const full = spatial.map((size, axis) =>
    Math.max(0, (size - 1) * (stride[axis] ?? 1) + (kernel[axis] ?? 1)),
  );
  const { start, sizes } = placeIn(full, deconvolution.placement);
  const result = emptyTensor([...lead, outputChannels, ...sizes]);
  const sums = new Float64Array(checkedSize([outputChannels, ...full]));
  checkWork(x.data.length, outputChannels / deconvolution.groups, ...kernel);
  for (let item = 0; item < sizeOf(lead); item++) {
    sums.fill(0);
    const size = channels * sizeOf(spatial);
    scatter(x.data.subarray(item * size, (item + 1) * size), spatial, full, deconvolution, sums);
    const target = result.data.subarray(item * outputChannels * sizeOf(sizes));
    cut(sums, full, start, sizes, outputChannels, bias, target);
  }
  return result;
}

function placeIn(
  full: readonly number[],
  placement: Placement,
): { start: number[]; sizes: number[] } {
  if ("before" in placement) {
    const { before, after } = placement;
    return {
      start: full.map((_, axis) => before[axis] ?? 0),
      sizes: full.map((size, axis) => size - (before[axis] ?? 0) - (after[axis] ?? 0)),
    };
  }
  if ("start" in placement) return { start: [...placement.start], sizes: [...placement.sizes] };
  const { sizes, heavyStart } = placement;
  const start = full.map((size, axis) => {
    // Where the stride exceeds the kernel, the output is longer and ends in zeros.
    const surplus = Math.max(0, size - (sizes[axis] ?? 0));
    return heavyStart ? Math.ceil(surplus / 2) : Math.floor(surplus / 2);
  });
  return { start, sizes: [...sizes] };
}

function scatter(
  input: Float32Array,
  spatial: readonly number[],
  full: readonly number[],
  { kernel, stride, groups, outputChannels, weights }: Deconvolution,
  sums: Float64Array,
): void {
  const strides = stridesOf(full);
  const plane = sizeOf(full);
  const pixels = offsetsOf(
    spatial,
    strides.map((step, axis) => step * (stride[axis] ?? 1)),
  );
  const taps = offsetsOf(kernel, strides);
  const perGroup = outputChannels / groups;
  const channels = input.length / pixels.length;
  const inputsPerGroup = channels / groups;
  for (let channel = 0; channel < channels; channel++) {
    const firstOutput = Math.floor(channel / inputsPerGroup) * perGroup;
    for (let output = 0; output < perGroup; output++) {
      const base = (firstOutput + output) * plane;
      for (let tap = 0; tap < taps.length; tap++) {
        const weight = weights[(channel * perGroup + output) * taps.length + tap] ?? 0;
        const at = base + (taps[tap] ?? 0);
        for (let pixel = 0; pixel < pixels.length; pixel++) {
          const place = at + (pixels[pixel] ?? 0);
          const value = input[channel * pixels.length + pixel] ?? 0;
          sums[place] = (sums[place] ?? 0) + weight * value;
        }
      }
    }
  }
}

/** Copies the output part; positions beyond the full result hold the bias alone. */
function cut(
  sums: Float64Array,
  full: readonly number[],
  start: readonly number[],
  sizes: readonly number[],
  channels: number,
  bias: Float32Array | undefined,
  target: Float32Array,
): void {
  const strides = stridesOf(full);
  const sizesStrides = stridesOf(sizes);
  const plane = sizeOf(sizes);
  for (let channel = 0; channel < channels; channel++) {
    const offset = bias?.[channel] ?? 0;
    for (let index = 0; index < plane; index++) {
      let place = channel * sizeOf(full);
      let inside = true;
      sizes.forEach((size, axis) => {
        const at = (Math.floor(index / (sizesStrides[axis] ?? 1)) % size) + (start[axis] ?? 0);
        if (at >= (full[axis] ?? 0)) inside = false;
        place += at * (strides[axis] ?? 0);
      });
      target[channel * plane + index] = (inside ? (sums[place] ?? 0) : 0) + offset;
    }
  }
}
