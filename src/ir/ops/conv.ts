import type { TensorType, WeightRef } from "../tensor.ts";
import {
  channelAxis,
  expectRank,
  expectWeight,
  expectWeightRank,
  expectWhole,
  floatOf,
  imageShape,
  knownDim,
  misfit,
  numberAt,
  oneInput,
  spatialDims,
} from "./expect.ts";
import { transposedOutput, windowOutput } from "./window.ts";

/** Where the channel axis stands: `(batch, …spatial, channels)` or `(batch, channels, …spatial)`. */
export type Layout = "channels-last" | "channels-first";

/**
 * Padding of a sliding window, as TensorFlow computes it.
 * - `valid`: none.
 * - `same`: output = ceil(input / stride); total = max(0, (out - 1) * stride + (k - 1) * dilation + 1 - in),
 *   the first floor(total / 2) before, the rest after.
 * - `causal`: (k - 1) * dilation before the (only) spatial axis, nothing after.
 * - explicit amounts `[before, after]` for each spatial axis (Theano's symmetric padding and the like).
 * Padding is zero for convolutions; in pooling padded places never count.
 */
export type Padding = "valid" | "same" | "causal" | readonly (readonly [number, number])[];

/** Convolution (cross-correlation) over 1, 2 or 3 spatial axes; `strides.length` says how many. */
export interface ConvOp {
  readonly kind: "conv";
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: Padding;
  readonly groups: number;
  readonly layout: Layout;
  readonly weights: {
    /** `[...spatial, in / groups, out]` */
    readonly kernel: WeightRef;
    /** `[out]` */
    readonly bias?: WeightRef;
  };
}

/** Each input channel with its own filters; output channel = channel * multiplier + m. */
export interface DepthwiseConvOp {
  readonly kind: "depthwiseConv";
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: Padding;
  readonly layout: Layout;
  readonly weights: {
    /** `[...spatial, in, multiplier]` */
    readonly kernel: WeightRef;
    /** `[in * multiplier]` */
    readonly bias?: WeightRef;
  };
}

/**
 * Transposed convolution, the gradient of `conv` by its input. Output size per axis, Keras'
 * `deconv_output_length`: without output padding `valid` gives in * stride + max(k - stride, 0) and
 * `same` gives in * stride; with it (in - 1) * stride + k_dilated - 2 * pad + outputPadding, where pad
 * is 0 for valid, floor(k_dilated / 2) for same.
 */
export interface ConvTransposeOp {
  readonly kind: "convTranspose";
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: "valid" | "same";
  readonly outputPadding?: readonly number[];
  readonly layout: Layout;
  readonly weights: {
    /** `[...spatial, out, in]` */
    readonly kernel: WeightRef;
    /** `[out]` */
    readonly bias?: WeightRef;
  };
}

/** Convolution whose weights differ at every output position (no sharing), valid padding, 1 or 2 spatial axes. */
export interface LocallyConnectedOp {
  readonly kind: "locallyConnected";
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly layout: Layout;
  readonly weights: {
    /** `[positions, prod(kernelSize) * in, out]`; within a row: spatial offsets row-major, channel last. */
    readonly kernel: WeightRef;
    /** `[...output spatial, out]` */
    readonly bias?: WeightRef;
  };
}

/** Output type of `conv`. */
export function inferConv(op: ConvOp, inputs: readonly TensorType[]): readonly TensorType[] {
  const { input, rank, channels } = imageInput(op, inputs);
  const kernel = expectWeightRank("kernel", op.weights.kernel, rank + 2);
  const size = kernel.slice(0, rank);
  const out = numberAt(kernel, rank + 1);
  expectWhole("groups", [op.groups], 1, 1);
  if (channels % op.groups !== 0 || out % op.groups !== 0) {
    misfit(`${channels} input and ${out} output channels do not divide into ${op.groups} groups.`);
  }
  expectWeight("kernel", op.weights.kernel, [...size, channels / op.groups, out]);
  expectWeight("bias", op.weights.bias, [out]);
  const spatial = windowOutput({ ...op, size }, spatialDims(input, op.layout));
  return [imageOutput(input, spatial, out, op.layout)];
}

/** Output type of `depthwiseConv`. */
export function inferDepthwiseConv(
  op: DepthwiseConvOp,
  inputs: readonly TensorType[],
): readonly TensorType[] {
  const { input, rank, channels } = imageInput(op, inputs);
  const kernel = expectWeightRank("depthwise_kernel", op.weights.kernel, rank + 2);
  const size = kernel.slice(0, rank);
  const multiplier = numberAt(kernel, rank + 1);
  expectWeight("depthwise_kernel", op.weights.kernel, [...size, channels, multiplier]);
  expectWeight("bias", op.weights.bias, [channels * multiplier]);
  const spatial = windowOutput({ ...op, size }, spatialDims(input, op.layout));
  return [imageOutput(input, spatial, channels * multiplier, op.layout)];
}

/** Output type of `convTranspose`. */
export function inferConvTranspose(
  op: ConvTransposeOp,
  inputs: readonly TensorType[],
): readonly TensorType[] {
  const { input, rank, channels } = imageInput(op, inputs);
  const kernel = expectWeightRank("kernel", op.weights.kernel, rank + 2);
  const size = kernel.slice(0, rank);
  const out = numberAt(kernel, rank);
  expectWeight("kernel", op.weights.kernel, [...size, out, channels]);
  expectWeight("bias", op.weights.bias, [out]);
  const window = { ...op, size };
  const spatial = transposedOutput(window, op.outputPadding, spatialDims(input, op.layout));
  return [imageOutput(input, spatial, out, op.layout)];
}

/** Output type of `locallyConnected`; its input must have known sizes. */
export function inferLocallyConnected(
  op: LocallyConnectedOp,
  inputs: readonly TensorType[],
): readonly TensorType[] {
  const { input, rank, channels } = imageInput(op, inputs);
  const dilations = op.strides.map(() => 1);
  const window = { size: op.kernelSize, strides: op.strides, dilations, padding: "valid" as const };
  const spatial = windowOutput(window, spatialDims(input, op.layout)).map(
    (dim) =>
      dim ?? misfit("The input needs known sizes, since every position has its own weights."),
  );
  const positions = spatial.reduce((product, dim) => product * dim, 1);
  const taps = op.kernelSize.reduce((product, dim) => product * dim, channels);
  const out = numberAt(expectWeightRank("kernel", op.weights.kernel, 3), 2);
  expectWeight("kernel", op.weights.kernel, [positions, taps, out]);
  expectWeight("bias", op.weights.bias, [...spatial, out]);
  if (rank > 2) misfit(`A locally connected layer has 1 or 2 spatial axes, not ${rank}.`);
  return [imageOutput(input, spatial, out, op.layout)];
}

function imageInput(
  op: { readonly strides: readonly number[]; readonly layout: Layout },
  inputs: readonly TensorType[],
) {
  const input = oneInput(inputs);
  const rank = op.strides.length;
  if (rank < 1 || rank > 3) misfit(`strides has ${rank} numbers, expected 1, 2 or 3.`);
  expectRank(input, rank + 2);
  const channels = knownDim(input, channelAxis(op.layout, rank + 2), "channels");
  return { input, rank, channels };
}

function imageOutput(
  input: TensorType,
  spatial: readonly (number | null)[],
  channels: number,
  layout: Layout,
): TensorType {
  const shape = imageShape(input.shape[0] ?? null, spatial, channels, layout);
  return { dtype: floatOf(input.dtype), shape };
}
