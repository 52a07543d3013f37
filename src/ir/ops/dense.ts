import {
  type Dim,
  formatShape,
  type NoWeights,
  type TensorType,
  type WeightRef,
} from "../tensor.ts";
import {
  broadcastDim,
  dimAt,
  dimsMeet,
  expectAxis,
  expectMinRank,
  expectWeight,
  expectWeightRank,
  floatOf,
  knownDim,
  misfit,
  numberAt,
  oneInput,
  twoInputs,
} from "./expect.ts";

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

/** Output type of `dense`. */
export function inferDense(op: DenseOp, inputs: readonly TensorType[]): readonly TensorType[] {
  const input = oneInput(inputs);
  expectMinRank(input, 2);
  const units = numberAt(expectWeightRank("kernel", op.weights.kernel, 2), 1);
  const features = knownDim(input, input.shape.length - 1, "features");
  expectWeight("kernel", op.weights.kernel, [features, units]);
  expectWeight("bias", op.weights.bias, [units]);
  return [{ dtype: floatOf(input.dtype), shape: [...input.shape.slice(0, -1), units] }];
}

/** Output type of `matmul`. */
export function inferMatmul(op: MatmulOp, inputs: readonly TensorType[]): readonly TensorType[] {
  const [a, b] = twoInputs(inputs);
  const rank = a.shape.length;
  expectMinRank(a, 2);
  const apart = (): never =>
    misfit(`${formatShape(a.shape)} and ${formatShape(b.shape)} cannot be multiplied as matrices.`);
  if (b.shape.length !== rank) apart();
  const [rows, innerA] = lastTwo(a.shape, op.transposeA);
  const [innerB, columns] = lastTwo(b.shape, op.transposeB);
  if (!dimsMeet(innerA, innerB)) apart();
  const leading = a.shape.slice(0, -2).map((dim, axis) => {
    const joined = broadcastDim(dim, dimAt(b.shape, axis));
    return joined === undefined ? apart() : joined;
  });
  return [{ dtype: floatOf(a.dtype), shape: [...leading, rows, columns] }];
}

/** Output type of `dot`. */
export function inferDot(op: DotOp, inputs: readonly TensorType[]): readonly TensorType[] {
  const [a, b] = twoInputs(inputs);
  const [axisA, axisB] = op.axes;
  expectAxis(a, axisA);
  expectAxis(b, axisB);
  if (!dimsMeet(dimAt(a.shape, axisA), dimAt(b.shape, axisB))) {
    misfit(
      `Axis ${axisA} of ${formatShape(a.shape)} and axis ${axisB} of ${formatShape(b.shape)} differ in size.`,
    );
  }
  const rest = [
    ...a.shape.filter((_, axis) => axis !== 0 && axis !== axisA),
    ...b.shape.filter((_, axis) => axis !== 0 && axis !== axisB),
  ];
  const batch = broadcastDim(dimAt(a.shape, 0), dimAt(b.shape, 0)) ?? null;
  return [{ dtype: floatOf(a.dtype), shape: [batch, ...(rest.length === 0 ? [1] : rest)] }];
}

/** Output type of `embedding`. */
export function inferEmbedding(
  op: EmbeddingOp,
  inputs: readonly TensorType[],
): readonly TensorType[] {
  const input = oneInput(inputs);
  const { embeddings } = op.weights;
  const dim = numberAt(expectWeightRank("embeddings", embeddings, 2), 1);
  return [{ dtype: floatOf(embeddings.dtype), shape: [...input.shape, dim] }];
}

function lastTwo(shape: readonly Dim[], swapped: boolean): readonly [Dim, Dim] {
  const rows = dimAt(shape, shape.length - 2);
  const columns = dimAt(shape, shape.length - 1);
  return swapped ? [columns, rows] : [rows, columns];
}
