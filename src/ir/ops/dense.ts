import type { NoWeights, WeightRef } from "../tensor.ts";

/** Matrix product over the last axis: `y[..., o] = sum_i x[..., i] * kernel[i, o] + bias[o]`. */
export interface DenseOp {
  readonly kind: "dense";
  readonly weights: {
    /** `[in, out]` */
    readonly kernel: WeightRef;
    /** `[out]` */
    readonly bias?: WeightRef;
  };
}

/** Batched matrix product of two inputs over their last two axes; leading axes broadcast. */
export interface MatmulOp {
  readonly kind: "matmul";
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly weights: NoWeights;
}

/**
 * Keras' `Dot`: contracts axis `axes[0]` of the first input with `axes[1]` of the second, batch by
 * batch. The result holds the remaining axes of the first, then of the second; two vectors give `(batch, 1)`.
 * `normalize` divides both by their L2 norm along the contracted axis first (`max(sum, 1e-12)` under the root).
 */
export interface DotOp {
  readonly kind: "dot";
  readonly axes: readonly [number, number];
  readonly normalize: boolean;
  readonly weights: NoWeights;
}

/** Row lookup: integer (or integral float) indices of any shape get a last axis of `dim` numbers. */
export interface EmbeddingOp {
  readonly kind: "embedding";
  readonly weights: {
    /** `[vocabulary, dim]` */
    readonly embeddings: WeightRef;
  };
}
