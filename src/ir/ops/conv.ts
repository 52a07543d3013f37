import type { WeightRef } from "../tensor.ts";

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
