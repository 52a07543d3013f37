import { add, mean, mul, reshape, rsqrt, sub, sum, type Tensor } from "@tensorflow/tfjs-core";
import type { AffineOp, BatchNormOp } from "../../../ir/ops/norm.ts";
import { optionalWeight, tensorAt } from "../forward.ts";
import { type Backward, type BackwardStep, type Gradients, ofInput } from "./backward.ts";
import { unbroadcast } from "./merge.ts";

/**
 * Batch normalisation: through the batch's own mean and variance where the forward saved them (training), by the stored
 * ones otherwise (a frozen layer of tf.keras 2 and Keras 3).
 */
export const batchNormBackward: Backward<BatchNormOp> = {
  reads: () => "inputs",
  gradients: (op, step) => (step.saved.length > 0 ? throughBatch(op, step) : byStored(op, step)),
};

/** Constants of the model, such as the scale of Rescaling: they are not trained. */
export const affineBackward: Backward<AffineOp> = {
  reads: () => "inputs",
  gradients: ({ weights }, { inputs, gradient, weightOf, wants }) => {
    if (!wants(0)) return ofInput(undefined);
    const scale = optionalWeight(weights.scale, weightOf);
    const product = scale === undefined ? gradient : mul(gradient, scale);
    return ofInput(unbroadcast(product, tensorAt(inputs, 0).shape));
  },
};

function throughBatch(op: BatchNormOp, step: BackwardStep): Gradients {
  const { inputs, gradient: dy, saved, weightOf, wants } = step;
  const x = tensorAt(inputs, 0);
  const { shape, axes } = channelsOf(op, x);
  const inverse = reshape(tensorAt(saved, 1), shape);
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
  { weights: { gamma, beta } }: BatchNormOp,
  { gradient, wantsWeights }: BackwardStep,
  normal: Tensor,
  axes: number[],
): Gradients["weights"] {
  if (!wantsWeights) return [];
  return [
    ...(gamma === undefined ? [] : [{ ref: gamma, gradient: sum(mul(gradient, normal), axes) }]),
    ...(beta === undefined ? [] : [{ ref: beta, gradient: sum(gradient, axes) }]),
  ];
}

function channelsOf({ axis }: BatchNormOp, x: Tensor): { shape: number[]; axes: number[] } {
  const places = x.shape.map((_, at) => at);
  return {
    shape: x.shape.map((size, at) => (at === axis ? size : 1)),
    axes: places.filter((at) => at !== axis),
  };
}
