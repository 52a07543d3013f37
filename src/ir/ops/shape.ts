import {
  type Dim,
  formatShape,
  type NoWeights,
  type TensorType,
  type WeightRef,
} from "../tensor.ts";
import type { Layout } from "./conv.ts";
import {
  channelAxis,
  dimAt,
  expectMinRank,
  expectRank,
  expectWhole,
  imageShape,
  misfit,
  numberAt,
  oneInput,
  spatialDims,
} from "./expect.ts";
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
  /** `bicubic` has a of -0.5, weights for positions rounded to 1/1024 (TensorFlow's table), and is renormalised at the border. */
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

/** Output type of `reshape`: a free axis is worked out where the input's size is known. */
export function inferReshape(op: ReshapeOp, inputs: readonly TensorType[]): readonly TensorType[] {
  const input = oneInput(inputs);
  expectMinRank(input, 1);
  const apart = (): never =>
    misfit(
      `${formatShape(input.shape)} cannot be reshaped to ${formatShape([null, ...op.shape])}.`,
    );
  const free = op.shape.filter((dim) => dim === null).length;
  if (free > 1) apart();
  const known = productOf(op.shape.filter((dim) => dim !== null));
  const size = productOf(input.shape.slice(1));
  const batch = dimAt(input.shape, 0);
  const shape = op.shape.map((dim) => {
    if (dim !== null || size === null || known === null) return dim;
    return known > 0 && size % known === 0 ? size / known : apart();
  });
  if (size !== null && productOf(shape) !== size) apart();
  return [{ dtype: input.dtype, shape: [batch, ...shape] }];
}

/** Output type of `permute`. */
export function inferPermute(op: PermuteOp, inputs: readonly TensorType[]): readonly TensorType[] {
  const input = oneInput(inputs);
  const sorted = [...op.dims].sort((a, b) => a - b);
  const sound =
    sorted.length === input.shape.length &&
    sorted.every((dim, axis) => dim === axis) &&
    op.dims[0] === 0;
  if (!sound)
    misfit(
      `The axes of ${formatShape(input.shape)} cannot be put in order (${op.dims.join(", ")}).`,
    );
  return [{ dtype: input.dtype, shape: op.dims.map((dim) => dimAt(input.shape, dim)) }];
}

/** Output type of `repeat`. */
export function inferRepeat(op: RepeatOp, inputs: readonly TensorType[]): readonly TensorType[] {
  const input = oneInput(inputs);
  expectRank(input, 2);
  expectWhole("n", [op.n], 1, 1);
  const [batch = null, size = null] = input.shape;
  return [{ dtype: input.dtype, shape: [batch, op.n, size] }];
}

/** Output type of `resize`. */
export function inferResize(op: ResizeOp, inputs: readonly TensorType[]): readonly TensorType[] {
  const input = oneInput(inputs);
  expectMinRank(input, 3);
  const spatial = spatialDims(input, op.layout);
  const { factors, size } = op;
  if ((factors === undefined) === (size === undefined)) {
    misfit("Resizing needs either factors or a size.");
  }
  expectWhole(factors === undefined ? "size" : "factors", factors ?? size ?? [], spatial.length, 1);
  const resized = spatial.map((dim, axis) => {
    if (factors === undefined) return numberAt(size ?? [], axis);
    return dim === null ? null : dim * numberAt(factors, axis);
  });
  const channels = dimAt(input.shape, channelAxis(op.layout, input.shape.length));
  const shape = imageShape(dimAt(input.shape, 0), resized, channels, op.layout);
  return [{ dtype: input.dtype, shape }];
}

/** Output type of `constant`. */
export function inferConstant(
  op: ConstantOp,
  inputs: readonly TensorType[],
): readonly TensorType[] {
  const { value } = op.weights;
  if (inputs.length !== 0) misfit(`A constant takes no input, but got ${inputs.length}.`);
  if (value.shape[0] !== 1) {
    misfit(`A constant has a leading axis of 1, but its shape is ${formatShape(value.shape)}.`);
  }
  return [{ dtype: value.dtype, shape: value.shape }];
}

function productOf(shape: readonly Dim[]): number | null {
  return shape.reduce((size, dim) => (size === null || dim === null ? null : size * dim), 1);
}
