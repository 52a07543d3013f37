import {
  add,
  mean,
  mul,
  reshape,
  rsqrt,
  square,
  sub,
  type Tensor,
  tensor,
} from "@tensorflow/tfjs-core";
import { fail } from "../../errors.ts";
import type { NoiseOp } from "../../ir/ops/noise.ts";
import type { BatchNormOp } from "../../ir/ops/norm.ts";
import { type Computed, computed, optionalWeight, tensorAt, type WeightLookup } from "./forward.ts";

/**
 * Batch normalisation while training: by the mean and the (biased) variance of the batch.
 * Saves the mean, `1 / sqrt(variance + epsilon)` and the variance, all `[channels]`.
 */
export function batchNormTraining(
  op: BatchNormOp,
  inputs: readonly Tensor[],
  weightOf: WeightLookup,
): Computed {
  const x = tensorAt(inputs, 0);
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== op.axis);
  const shape = x.shape.map((size, axis) => (axis === op.axis ? size : 1));
  const centre = mean(x, axes);
  const centred = sub(x, reshape(centre, shape));
  const variance = mean(square(centred), axes);
  const inverse = rsqrt(add(variance, op.epsilon));
  const gamma = optionalWeight(op.weights.gamma, weightOf);
  const beta = optionalWeight(op.weights.beta, weightOf);
  const scale = gamma === undefined ? inverse : mul(inverse, gamma);
  const scaled = mul(centred, reshape(scale, shape));
  const output = beta === undefined ? scaled : add(scaled, reshape(beta, shape));
  return { outputs: [output], saved: [centre, inverse, variance] };
}

/** Numbers from 0 up to 1, in a stream that the caller seeds. */
export type RandomStream = (count: number) => Float32Array;

/**
 * Dropout while training: numbers are dropped at the rate, the others divided by what stays. Saves the factors.
 * Throws `unsupported` for other noise.
 */
export function noiseTraining(
  op: NoiseOp,
  inputs: readonly Tensor[],
  random: RandomStream,
): Computed {
  const x = tensorAt(inputs, 0);
  const { fn, rate = 0, sharedAxes = [] } = op;
  if (fn === "activityRegularization" || (fn === "dropout" && rate === 0))
    return computed(mul(x, 1));
  if (fn !== "dropout") return fail("unsupported", `${fn} cannot be trained with yet.`);
  const shape = x.shape.map((size, axis) => (sharedAxes.includes(axis) ? 1 : size));
  const count = shape.reduce((size, dim) => size * dim, 1);
  const kept = rate >= 1 ? 0 : 1 / (1 - rate);
  const factors = random(count).map((chance) => (chance >= rate ? kept : 0));
  const mask = tensor(factors, shape, "float32");
  return { outputs: [mul(x, mask)], saved: [mask] };
}
