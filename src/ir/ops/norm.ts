import type { NoWeights, WeightRef } from "../tensor.ts";

/** Inference: `gamma * (x - mean) / sqrt(variance + epsilon) + beta` along one axis; vectors `[channels]`. */
export interface BatchNormOp {
  readonly kind: "batchNorm";
  /** Positive: 1 … rank - 1. */
  readonly axis: number;
  readonly epsilon: number;
  /** Keras' momentum of the moving statistics; training needs it. */
  readonly momentum: number;
  readonly weights: {
    readonly gamma?: WeightRef;
    readonly beta?: WeightRef;
    readonly mean: WeightRef;
    readonly variance: WeightRef;
  };
}

/**
 * Normalises each sample over `axes` jointly: `(x - mean) / sqrt(variance + epsilon) * gamma + beta`.
 * `rms` leaves the mean out: `x / sqrt(mean(x²) + epsilon) * gamma`.
 * gamma and beta have the shape of the normalised axes, in increasing order of axis.
 */
export interface LayerNormOp {
  readonly kind: "layerNorm";
  readonly axes: readonly number[];
  readonly epsilon: number;
  readonly rms: boolean;
  readonly weights: { readonly gamma?: WeightRef; readonly beta?: WeightRef };
}

/** Normalises each sample over each of `groups` runs of channels and all other axes; gamma, beta `[channels]`. */
export interface GroupNormOp {
  readonly kind: "groupNorm";
  readonly groups: number;
  /** The channel axis, positive. */
  readonly axis: number;
  readonly epsilon: number;
  readonly weights: { readonly gamma?: WeightRef; readonly beta?: WeightRef };
}

/** `x / sqrt(max(sum(x²), 1e-12))` over `axes` jointly. */
export interface UnitNormOp {
  readonly kind: "unitNorm";
  readonly axes: readonly number[];
  readonly weights: NoWeights;
}

/**
 * `x * scale + offset` with constants that broadcast to the input (aligned at the last axis, of no higher
 * rank; a channel vector of a channels-first value is `[channels, 1, 1]`). Rescaling, Normalization, arithmetic with constants.
 */
export interface AffineOp {
  readonly kind: "affine";
  readonly weights: { readonly scale?: WeightRef; readonly offset?: WeightRef };
}
