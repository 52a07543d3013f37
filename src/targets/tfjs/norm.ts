import {
  add,
  div,
  maximum,
  mean,
  mul,
  reshape,
  rsqrt,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
} from "@tensorflow/tfjs-core";
import type {
  AffineOp,
  BatchNormOp,
  GroupNormOp,
  LayerNormOp,
  UnitNormOp,
} from "../../ir/ops/norm.ts";
import { type Computed, computed, optionalWeight, tensorAt, type WeightLookup } from "./forward.ts";
import { sizeAt } from "./rank.ts";

/** Normalisation by stored mean and variance, as in inference. */
export function batchNorm(
  op: BatchNormOp,
  inputs: readonly Tensor[],
  weightOf: WeightLookup,
): Computed {
  const x = tensorAt(inputs, 0);
  const { weights } = op;
  const gamma = optionalWeight(weights.gamma, weightOf);
  const beta = optionalWeight(weights.beta, weightOf);
  const inverse = rsqrt(add(weightOf(weights.variance), op.epsilon));
  const scale = gamma === undefined ? inverse : mul(inverse, gamma);
  const centre = mul(weightOf(weights.mean), scale);
  const offset = beta === undefined ? sub(0, centre) : sub(beta, centre);
  const shape = x.shape.map((size, axis) => (axis === op.axis ? size : 1));
  return computed(add(mul(x, reshape(scale, shape)), reshape(offset, shape)));
}

/** Normalisation over some axes of each sample. */
export function layerNorm(
  op: LayerNormOp,
  inputs: readonly Tensor[],
  weightOf: WeightLookup,
): Computed {
  const x = tensorAt(inputs, 0);
  const axes = [...op.axes];
  const centred = op.rms ? x : sub(x, mean(x, axes, true));
  const y = div(centred, sqrt(add(mean(square(centred), axes, true), op.epsilon)));
  const shape = x.shape.map((size, axis) => (axes.includes(axis) ? size : 1));
  return computed(scaled(y, shape, op.weights, weightOf));
}

/** Normalisation over groups of channels of each sample. */
export function groupNorm(
  op: GroupNormOp,
  inputs: readonly Tensor[],
  weightOf: WeightLookup,
): Computed {
  const x = tensorAt(inputs, 0);
  const perGroup = sizeAt(x, op.axis) / op.groups;
  // (…, channels, …) as (…, groups, channels / groups, …), so that each group is a set of whole axes.
  const parts = reshape(x, x.shape.toSpliced(op.axis, 1, op.groups, perGroup));
  const axes = parts.shape.map((_, axis) => axis).filter((axis) => axis !== 0 && axis !== op.axis);
  const centred = sub(parts, mean(parts, axes, true));
  const y = div(centred, sqrt(add(mean(square(centred), axes, true), op.epsilon)));
  const shape = x.shape.map((size, axis) => (axis === op.axis ? size : 1));
  return computed(scaled(reshape(y, x.shape), shape, op.weights, weightOf));
}

/** Each sample divided by its length along some axes. */
export function unitNorm(op: UnitNormOp, inputs: readonly Tensor[]): Computed {
  const x = tensorAt(inputs, 0);
  return computed(div(x, sqrt(maximum(sum(square(x), [...op.axes], true), 1e-12))));
}

/** Scale and offset, broadcast. */
export function affine(op: AffineOp, inputs: readonly Tensor[], weightOf: WeightLookup): Computed {
  const x = tensorAt(inputs, 0);
  const scale = optionalWeight(op.weights.scale, weightOf);
  const offset = optionalWeight(op.weights.offset, weightOf);
  const product = mul(x, scale ?? 1);
  return computed(offset === undefined ? product : add(product, offset));
}

function scaled(
  x: Tensor,
  shape: readonly number[],
  weights: LayerNormOp["weights"],
  weightOf: WeightLookup,
): Tensor {
  const gamma = optionalWeight(weights.gamma, weightOf);
  const beta = optionalWeight(weights.beta, weightOf);
  const product = gamma === undefined ? x : mul(x, reshape(gamma, [...shape]));
  return beta === undefined ? product : add(product, reshape(beta, [...shape]));
}
