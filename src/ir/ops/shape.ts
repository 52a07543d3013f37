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
  dimsMeet,
  expectMinRank,
  expectRank,
  expectWhole,
  imageShape,
  misfit,
  numberAt,
  oneInput,
  spatialDims,
  twoInputs,
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

/** Output type of `pad`. */
export function inferPad(op: PadOp, inputs: readonly TensorType[]): readonly TensorType[] {
  const input = oneInput(inputs);
  const amounts = expectAmounts("padding", op.amounts, input);
  const slack = op.mode === "reflect" ? 1 : 0;
  const shape = input.shape.map((dim, axis) => {
    const [before, after] = amounts(axis);
    const mirrors = op.mode === "reflect" || op.mode === "symmetric";
    if (mirrors && dim !== null && Math.max(before, after) > dim - slack) {
      misfit(`Axis ${axis} of ${formatShape(input.shape)} is too short to be mirrored so far.`);
    }
    return dim === null ? null : dim + before + after;
  });
  return [{ dtype: input.dtype, shape }];
}

/** Output type of `crop`. */
export function inferCrop(op: CropOp, inputs: readonly TensorType[]): readonly TensorType[] {
  const input = oneInput(inputs);
  const amounts = expectAmounts("cropping", op.amounts, input);
  const shape = input.shape.map((dim, axis) => {
    const [before, after] = amounts(axis);
    if (dim === null) return null;
    if (dim - before - after < 1) {
      misfit(
        `Cropping (${before}, ${after}) leaves nothing of axis ${axis} of ${formatShape(input.shape)}.`,
      );
    }
    return dim - before - after;
  });
  return [{ dtype: input.dtype, shape }];
}

/** Output type of `slice`. */
export function inferSlice(op: SliceOp, inputs: readonly TensorType[]): readonly TensorType[] {
  const input = oneInput(inputs);
  const rank = input.shape.length;
  expectWhole("starts", op.starts, rank, 0);
  expectWhole("steps", op.steps, rank, 1);
  expectWhole(
    "ends",
    op.ends.map((end) => end ?? 0),
    rank,
    0,
  );
  const shape = input.shape.map((dim, axis) => {
    const start = numberAt(op.starts, axis);
    const end = op.ends[axis] ?? null;
    if (dim === null) return null;
    const count = Math.ceil((Math.min(end ?? dim, dim) - start) / numberAt(op.steps, axis));
    if (count < 1)
      misfit(`The slice takes nothing of axis ${axis} of ${formatShape(input.shape)}.`);
    return count;
  });
  return [{ dtype: input.dtype, shape }];
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

/** Output type of `notEqualMask`. */
export function inferNotEqualMask(
  op: NotEqualMaskOp,
  inputs: readonly TensorType[],
): readonly TensorType[] {
  const input = oneInput(inputs);
  expectMinRank(input, op.reduceLast ? 3 : 2);
  return [{ dtype: "bool", shape: op.reduceLast ? input.shape.slice(0, -1) : input.shape }];
}

/** Output type of `applyMask`: the first input's. */
export function inferApplyMask(
  _op: ApplyMaskOp,
  inputs: readonly TensorType[],
): readonly TensorType[] {
  const [input, mask] = twoInputs(inputs);
  const fits =
    mask.shape.length <= input.shape.length &&
    mask.shape.every((dim, axis) => dimsMeet(dim, dimAt(input.shape, axis)));
  if (!fits) {
    misfit(
      `The mask ${formatShape(mask.shape)} does not fit the input ${formatShape(input.shape)}.`,
    );
  }
  return [input];
}

function productOf(shape: readonly Dim[]): number | null {
  return shape.reduce((size, dim) => (size === null || dim === null ? null : size * dim), 1);
}

function expectAmounts(
  what: string,
  amounts: readonly (readonly [number, number])[],
  input: TensorType,
): (axis: number) => readonly [number, number] {
  expectWhole(what, amounts.flat(), 2 * input.shape.length, 0);
  const [before, after] = amounts[0] ?? [0, 0];
  if (before !== 0 || after !== 0) misfit(`${what} cannot change the batch axis.`);
  return (axis) => amounts[axis] ?? [0, 0];
}
