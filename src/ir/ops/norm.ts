import { formatShape, type NoWeights, type TensorType, type WeightRef } from "../tensor.ts";
import {
  dimAt,
  expectAxes,
  expectAxis,
  expectWeight,
  expectWhole,
  floatOf,
  knownDim,
  misfit,
  oneInput,
} from "./expect.ts";

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
 * rank; a channel vector of a channels-first value is `[channels, 1, 1]`). Rescaling, Normalization, arithmetic with constants; LayerScale
 * and other layers whose weights these are.
 */
export interface AffineOp {
  readonly kind: "affine";
  /** Whether the numbers are weights that a training changes; left out for constants. */
  readonly learned?: true;
  readonly weights: { readonly scale?: WeightRef; readonly offset?: WeightRef };
}

/** Output type of `batchNorm`. */
export function inferBatchNorm(
  op: BatchNormOp,
  inputs: readonly TensorType[],
): readonly TensorType[] {
  const input = oneInput(inputs);
  expectAxis(input, op.axis);
  const channels = [knownDim(input, op.axis, "channels")];
  expectWeight("gamma", op.weights.gamma, channels);
  expectWeight("beta", op.weights.beta, channels);
  expectWeight("moving_mean", op.weights.mean, channels);
  expectWeight("moving_variance", op.weights.variance, channels);
  return [real(input)];
}

/** Output type of `layerNorm`. */
export function inferLayerNorm(
  op: LayerNormOp,
  inputs: readonly TensorType[],
): readonly TensorType[] {
  const input = oneInput(inputs);
  expectAxes(input, op.axes);
  const { gamma, beta } = op.weights;
  if (gamma !== undefined || beta !== undefined) {
    const axes = [...op.axes].sort((a, b) => a - b);
    const shape = axes.map((axis) => knownDim(input, axis, "normalised elements"));
    expectWeight("gamma", gamma, shape);
    expectWeight("beta", beta, shape);
  }
  return [real(input)];
}

/** Output type of `groupNorm`. */
export function inferGroupNorm(
  op: GroupNormOp,
  inputs: readonly TensorType[],
): readonly TensorType[] {
  const input = oneInput(inputs);
  expectAxis(input, op.axis);
  expectWhole("groups", [op.groups], 1, 1);
  const channels = knownDim(input, op.axis, "channels");
  if (channels % op.groups !== 0) {
    misfit(`${channels} channels do not divide into ${op.groups} groups.`);
  }
  expectWeight("gamma", op.weights.gamma, [channels]);
  expectWeight("beta", op.weights.beta, [channels]);
  return [real(input)];
}

/** Output type of `unitNorm`. */
export function inferUnitNorm(
  op: UnitNormOp,
  inputs: readonly TensorType[],
): readonly TensorType[] {
  const input = oneInput(inputs);
  expectAxes(input, op.axes);
  return [real(input)];
}

/** Output type of `affine`: its input's; the constants never enlarge it. */
export function inferAffine(op: AffineOp, inputs: readonly TensorType[]): readonly TensorType[] {
  const input = oneInput(inputs);
  expectBroadcast("scale", op.weights.scale, input);
  expectBroadcast("offset", op.weights.offset, input);
  return [real(input)];
}

function real(input: TensorType): TensorType {
  return { dtype: floatOf(input.dtype), shape: input.shape };
}

function expectBroadcast(role: string, weight: WeightRef | undefined, input: TensorType): void {
  if (weight === undefined) return;
  const lead = input.shape.length - weight.shape.length;
  const fits =
    lead >= 0 &&
    weight.shape.every((dim, axis) => dim === 1 || dim === dimAt(input.shape, axis + lead));
  if (fits) return;
  misfit(
    `${role} has shape ${formatShape(weight.shape)}, which does not broadcast to the input ${formatShape(input.shape)}.`,
  );
}
