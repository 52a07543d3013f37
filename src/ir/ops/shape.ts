import type { Dim, NoWeights, WeightRef } from "../tensor.ts";
import type { Layout } from "./conv.ts";

/** Row-major reshape; `shape` is without batch, has at most one null (free), never -1. */
export interface ReshapeOp {
  readonly kind: "reshape";
  readonly shape: readonly Dim[];
  readonly weights: NoWeights;
}

/** Axis i of the output is axis `dims[i]` of the input; the batch stays: `dims[0]` is 0. */
export interface PermuteOp {
  readonly kind: "permute";
  readonly dims: readonly number[];
  readonly weights: NoWeights;
}

/** `(batch, d)` to `(batch, n, d)`. */
export interface RepeatOp {
  readonly kind: "repeat";
  readonly n: number;
  readonly weights: NoWeights;
}

/** Adds `[before, after]` elements on every axis (batch included, with zeros there). */
export interface PadOp {
  readonly kind: "pad";
  readonly amounts: readonly (readonly [number, number])[];
  readonly mode: "constant" | "reflect" | "symmetric" | "edge";
  /** Of mode constant. */
  readonly value: number;
  readonly weights: NoWeights;
}

/** Takes `[before, after]` elements off every axis. */
export interface CropOp {
  readonly kind: "crop";
  readonly amounts: readonly (readonly [number, number])[];
  readonly weights: NoWeights;
}

/** Takes every `steps[i]`-th element of axis i from `starts[i]` up to, not including, `ends[i]`; null end = the axis' end. Steps are positive. */
export interface SliceOp {
  readonly kind: "slice";
  readonly starts: readonly number[];
  readonly ends: readonly (number | null)[];
  readonly steps: readonly number[];
  readonly weights: NoWeights;
}

/**
 * Changes the spatial axes to `size`. Output position i samples at
 * `half-pixel`: (i + 0.5) * in / out - 0.5 (TensorFlow 2; nearest takes floor((i + 0.5) * in / out)),
 * `asymmetric`: i * in / out (TensorFlow 1; nearest takes floor), clamped to the picture.
 */
export interface ResizeOp {
  readonly kind: "resize";
  /** Either the whole-number factors of UpSampling, or the new size of Resizing; per spatial axis. */
  readonly factors?: readonly number[];
  readonly size?: readonly number[];
  readonly interpolation:
    | "nearest"
    | "bilinear"
    | "bicubic"
    | "area"
    | "lanczos3"
    | "lanczos5"
    | "gaussian"
    | "mitchellcubic";
  readonly coordinates: "half-pixel" | "asymmetric";
  readonly layout: Layout;
  readonly weights: NoWeights;
}

/** A constant tensor with a leading axis of 1 in place of the batch. No inputs. */
export interface ConstantOp {
  readonly kind: "constant";
  readonly weights: { readonly value: WeightRef };
}

/** Boolean `(batch, time)`: true where any element of the last axis differs from `value` (`rank` 3), or the element itself does (rank 2). */
export interface NotEqualMaskOp {
  readonly kind: "notEqualMask";
  readonly value: number;
  readonly reduceLast: boolean;
  readonly weights: NoWeights;
}

/** First input where the mask (second input, `(batch, time)`) is true, 0 elsewhere. */
export interface ApplyMaskOp {
  readonly kind: "applyMask";
  readonly weights: NoWeights;
}
