import { checkedSize, checkWork } from "./limits.ts";
import { multiplyPanel, PANEL_WIDTH } from "./multiply.ts";
import { emptyTensor, sizeOf, stridesOf, type Tensor } from "./tensor.ts";
import { offsetsOf, outputSizes, type Window } from "./window.ts";

/** A convolution over any number of spatial axes, channels standing before them. */
export interface Convolution {
  readonly window: Window;
  readonly groups: number;
  readonly outputChannels: number;
  /** `[outputChannels, inputChannels / groups, ...kernel]` */
  readonly weights: Float32Array;
  /** `[outputChannels]` */
  readonly bias: Float32Array | undefined;
}

/**
 * `x` is `[...batch, channels, ...spatial]`. The input is padded once; then four output pixels at a
 * time are gathered to a panel and multiplied with all kernels.
 */
export function convolve(x: Tensor, convolution: Convolution): Tensor {
  const { window, groups, outputChannels } = convolution;
  const rank = window.kernel.length;
  const lead = x.shape.slice(0, -rank - 1);
  const channels = x.shape.at(-rank - 1) ?? 1;
  const spatial = x.shape.slice(-rank);
  const outSpatial = outputSizes(spatial, window);
  const result = emptyTensor([...lead, outputChannels, ...outSpatial]);
  const inputSize = channels * sizeOf(spatial);
  const outputSize = outputChannels * sizeOf(outSpatial);
  checkedSize([channels, ...paddedSizes(spatial, window)]);
  checkWork(result.data.length, channels / groups, ...window.kernel);
  const plan = planOf(convolution, channels, spatial, outSpatial);
  for (let item = 0; item < sizeOf(lead); item++) {
    const data = x.data.subarray(item * inputSize, (item + 1) * inputSize);
    const padded = pad(data, channels, spatial, window);
    const output = result.data.subarray(item * outputSize, (item + 1) * outputSize);
    for (let group = 0; group < groups; group++)
      convolveGroup(convolution, plan, padded, output, group);
  }
  return result;
}

/** Offsets within the padded input: of every kernel element, and of every output pixel. */
interface Plan {
  readonly kernel: Int32Array;
  readonly pixels: Int32Array;
  /** Elements of the padded input per group. */
  readonly groupSize: number;
}

function planOf(
  { window, groups }: Convolution,
  channels: number,
  spatial: readonly number[],
  outSpatial: readonly number[],
): Plan {
  const padded = paddedSizes(spatial, window);
  const strides = stridesOf(padded);
  const plane = sizeOf(padded);
  const perGroup = channels / groups;
  const scaled = (factors: readonly number[]) =>
    strides.map((stride, axis) => stride * (factors[axis] ?? 1));
  return {
    kernel: offsetsOf([perGroup, ...window.kernel], [plane, ...scaled(window.dilation)]),
    pixels: offsetsOf(outSpatial, scaled(window.stride)),
    groupSize: perGroup * plane,
  };
}

function convolveGroup(
  { weights, bias, groups, outputChannels }: Convolution,
  { kernel, pixels, groupSize }: Plan,
  padded: Float32Array,
  output: Float32Array,
  group: number,
): void {
  const rows = outputChannels / groups;
  if (rows === 1) {
    convolveChannel({ weights, bias }, { kernel, pixels, groupSize }, padded, output, group);
    return;
  }
  const depth = kernel.length;
  const count = pixels.length;
  const firstChannel = group * rows;
  const matrix = { data: weights, start: firstChannel * depth, rows, depth };
  const panel = new Float64Array(depth * PANEL_WIDTH);
  for (let first = 0; first < count; first += PANEL_WIDTH) {
    const width = Math.min(PANEL_WIDTH, count - first);
    for (let column = 0; column < PANEL_WIDTH; column++) {
      // Columns past the end repeat the last pixel and are not stored.
      const pixel = pixels[first + Math.min(column, width - 1)] ?? 0;
      const base = group * groupSize + pixel;
      for (let k = 0, p = column; k < depth; k++, p += PANEL_WIDTH) {
        panel[p] = padded[base + (kernel[k] ?? 0)] ?? 0;
      }
    }
    multiplyPanel(matrix, panel, (row, s0, s1, s2, s3) => {
      const channel = firstChannel + row;
      const at = channel * count + first;
      const offset = bias?.[channel] ?? 0;
      output[at] = s0 + offset;
      if (width > 1) output[at + 1] = s1 + offset;
      if (width > 2) output[at + 2] = s2 + offset;
      if (width > 3) output[at + 3] = s3 + offset;
    });
  }
}

/** One output channel of its own input: nothing is gained by gathering. */
function convolveChannel(
  { weights, bias }: Pick<Convolution, "weights" | "bias">,
  { kernel, pixels, groupSize }: Plan,
  padded: Float32Array,
  output: Float32Array,
  channel: number,
): void {
  const depth = kernel.length;
  const first = channel * depth;
  const start = channel * groupSize;
  const offset = bias?.[channel] ?? 0;
  for (let pixel = 0; pixel < pixels.length; pixel++) {
    const base = start + (pixels[pixel] ?? 0);
    let sum = 0;
    for (let k = 0; k < depth; k++) {
      sum += (weights[first + k] ?? 0) * (padded[base + (kernel[k] ?? 0)] ?? 0);
    }
    output[channel * pixels.length + pixel] = sum + offset;
  }
}

function paddedSizes(spatial: readonly number[], { before, after }: Window): number[] {
  return spatial.map((size, axis) => size + (before[axis] ?? 0) + (after[axis] ?? 0));
}

/** Zeros around each channel; the data itself when there is nothing to add. */
function pad(
  data: Float32Array,
  channels: number,
  spatial: readonly number[],
  window: Window,
): Float32Array {
  const sizes = paddedSizes(spatial, window);
  const plane = sizeOf(sizes);
  if (plane === sizeOf(spatial)) return data;
  const padded = new Float32Array(channels * plane);
  const strides = stridesOf(sizes);
  const start = strides.reduce((sum, stride, axis) => sum + stride * (window.before[axis] ?? 0), 0);
  const rows = offsetsOf([channels, ...spatial.slice(0, -1)], [plane, ...strides]);
  const width = spatial.at(-1) ?? 1;
  rows.forEach((offset, row) => {
    padded.set(data.subarray(row * width, (row + 1) * width), start + offset);
  });
  return padded;
}
