import {
  add,
  div,
  mean,
  mul,
  onesLike,
  reshape,
  rsqrt,
  sub,
  sum,
  type Tensor,
} from "@tensorflow/tfjs-core";
import { fail } from "../../../errors.ts";
import type { AffineOp, BatchNormOp } from "../../../ir/ops/norm.ts";
import type { WeightRef } from "../../../ir/tensor.ts";
import { optionalWeight, tensorAt } from "../forward.ts";
import type { Backward, BackwardStep, Gradients } from "./backward.ts";
import { gradientKernels } from "./gradient-kernels.ts";
import { unbroadcast } from "./unbroadcast.ts";

/**
 * Batch normalisation: through the batch's own mean and variance where the forward saved them (training), by the stored
 * ones otherwise (a frozen layer of tf.keras 2 and Keras 3).
 */
export const batchNormBackward: Backward<BatchNormOp> = {
  reads: () => "inputs",
  gradients: (op, step) => (step.saved.length > 0 ? throughBatch(op, step) : byStored(op, step)),
};

/** By constants of the model, such as the scale of Rescaling, or by weights, such as the factors of LayerScale. */
export const affineBackward: Backward<AffineOp> = {
  reads: ({ learned, weights }) =>
    learned === true && weights.scale !== undefined ? "inputs" : "nothing",
  gradients: (op, step) => {
    const { shapes, gradient, weightOf, wants } = step;
    const scale = optionalWeight(op.weights.scale, weightOf);
    const through = (): Tensor =>
      unbroadcast(scale === undefined ? gradient : mul(gradient, scale), shapes[0] ?? []);
    return { inputs: [wants(0) ? through() : undefined], weights: ofAffine(op, step) };
  },
};

function ofAffine(
  { learned, weights: { scale, offset } }: AffineOp,
  { inputs, gradient, wantsWeights }: BackwardStep,
): Gradients["weights"] {
  if (learned !== true || !wantsWeights) return [];
  const ofScale = (ref: WeightRef): Tensor =>
    unbroadcast(mul(gradient, tensorAt(inputs, 0)), ref.shape);
  return [
    ...(scale === undefined ? [] : [{ ref: scale, gradient: ofScale(scale) }]),
    ...(offset === undefined
      ? []
      : [{ ref: offset, gradient: unbroadcast(gradient, offset.shape) }]),
  ];
}

function throughBatch(op: BatchNormOp, step: BackwardStep): Gradients {
  const { inputs, gradient: dy, saved, weightOf, wants } = step;
  const x = tensorAt(inputs, 0);
  // One number for each channel, or what a kernel of the backend kept.
  if (saved.length > 3) return throughKernel(op, step);
  const own = op.axis === x.rank - 1 ? throughColumns(op, step) : undefined;
  if (own !== undefined) return own;
  const { shape, axes } = channelsOf(op, x);
  const inverse = reshape(tensorAt(saved, 2), shape);
  const centred = sub(x, reshape(tensorAt(saved, 0), shape));
  const normal = mul(centred, inverse);
  const gamma = optionalWeight(op.weights.gamma, weightOf);
  const scale = gamma === undefined ? inverse : mul(inverse, reshape(gamma, shape));
  const back = (): Tensor => {
    const along = mul(normal, mean(mul(dy, normal), axes, true));
    return mul(scale, sub(sub(dy, mean(dy, axes, true)), along));
  };
  return { inputs: [wants(0) ? back() : undefined], weights: trained(op, step, normal, axes) };
}

/** The same by the kernel that the backend has for all of it. */
function throughKernel(op: BatchNormOp, step: BackwardStep): Gradients {
  const { inputs, gradient, saved, weightOf, wants, wantsWeights } = step;
  const { throughBatchNorm } = gradientKernels();
  if (throughBatchNorm === undefined) return fail("internal", "The backend has changed midway.");
  const [x, mean] = [tensorAt(inputs, 0), tensorAt(saved, 0)];
  const scale = optionalWeight(op.weights.gamma, weightOf) ?? onesLike(mean);
  const before = { saved: saved.slice(2), epsilon: op.epsilon };
  const { input, ...along } = throughBatchNorm(gradient, x, scale, before);
  const weights = wantsWeights ? weightsOf(op, { gamma: along.scale, beta: along.shift }) : [];
  return { inputs: [wants(0) ? input : undefined], weights };
}

/** The same by kernels of the backend that go along the last axis. */
function throughColumns(op: BatchNormOp, step: BackwardStep): Gradients | undefined {
  const { inputs, gradient: dy, saved, weightOf, wants, wantsWeights } = step;
  const { columnSums, centredSums, throughNormal } = gradientKernels();
  const x = tensorAt(inputs, 0);
  const [centre, inverse] = [tensorAt(saved, 0), tensorAt(saved, 2)];
  const sums = columnSums?.(dy);
  const along = centredSums?.(dy, x, centre);
  if (sums === undefined || along === undefined || throughNormal === undefined) return undefined;
  const ofGamma = mul(along, inverse);
  const gamma = optionalWeight(op.weights.gamma, weightOf);
  const scale = gamma === undefined ? inverse : mul(inverse, gamma);
  const share = div(scale, x.size / scale.size);
  const slope = mul(mul(share, inverse), ofGamma);
  const offset = mul(share, sums);
  return {
    inputs: [wants(0) ? throughNormal(dy, x, { centre, scale, slope, offset }) : undefined],
    weights: wantsWeights ? weightsOf(op, { gamma: ofGamma, beta: sums }) : [],
  };
}

function weightsOf(
  { weights: { gamma, beta } }: BatchNormOp,
  found: Readonly<Record<"gamma" | "beta", Tensor>>,
): Gradients["weights"] {
  return [
    ...(gamma === undefined ? [] : [{ ref: gamma, gradient: found.gamma }]),
    ...(beta === undefined ? [] : [{ ref: beta, gradient: found.beta }]),
  ];
}

function byStored(op: BatchNormOp, step: BackwardStep): Gradients {
  const { inputs, gradient: dy, weightOf, wants } = step;
  const x = tensorAt(inputs, 0);
  const { shape, axes } = channelsOf(op, x);
  const inverse = rsqrt(add(reshape(weightOf(op.weights.variance), shape), op.epsilon));
  const normal = mul(sub(x, reshape(weightOf(op.weights.mean), shape)), inverse);
  const gamma = optionalWeight(op.weights.gamma, weightOf);
  const scale = gamma === undefined ? inverse : mul(inverse, reshape(gamma, shape));
  return {
    inputs: [wants(0) ? mul(dy, scale) : undefined],
    weights: trained(op, step, normal, axes),
  };
}

function trained(
  op: BatchNormOp,
  { gradient, wantsWeights }: BackwardStep,
  normal: Tensor,
  axes: number[],
): Gradients["weights"] {
  if (!wantsWeights) return [];
  return weightsOf(op, { gamma: sum(mul(gradient, normal), axes), beta: sum(gradient, axes) });
}

function channelsOf({ axis }: BatchNormOp, x: Tensor): { shape: number[]; axes: number[] } {
  const places = x.shape.map((_, at) => at);
  return {
    shape: x.shape.map((size, at) => (at === axis ? size : 1)),
    axes: places.filter((at) => at !== axis),
  };
}
