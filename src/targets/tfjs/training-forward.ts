import {
  add,
  div,
  mean,
  mul,
  ones,
  reshape,
  rsqrt,
  square,
  sub,
  type Tensor,
  tensor,
  zeros,
  zerosLike,
} from "@tensorflow/tfjs-core";
import { fail } from "../../errors.ts";
import type { NoiseOp } from "../../ir/ops/noise.ts";
import type { BatchNormOp } from "../../ir/ops/norm.ts";
import { gradientKernels, type NormalisedBatch } from "./backward/gradient-kernels.ts";
import { type Computed, computed, optionalWeight, tensorAt, type WeightLookup } from "./forward.ts";

/**
 * Batch normalisation while training: by the mean and the (biased) variance of the batch.
 * Saves the mean and the variance, `[channels]`, and what the way back reads: `1 / sqrt(variance + epsilon)`, or what the
 * backend's own kernel keeps.
 */
export function batchNormTraining(
  op: BatchNormOp,
  inputs: readonly Tensor[],
  weightOf: WeightLookup,
): Computed {
  const x = tensorAt(inputs, 0);
  const gamma = optionalWeight(op.weights.gamma, weightOf);
  const beta = optionalWeight(op.weights.beta, weightOf);
  const fused = byKernel(op, x, { scale: gamma, shift: beta });
  if (fused !== undefined) {
    return { outputs: [fused.y], saved: [fused.mean, fused.variance, ...fused.saved] };
  }
  const { mean: centre, variance } = momentsOf(op, x);
  const inverse = rsqrt(add(variance, op.epsilon));
  const scale = gamma === undefined ? inverse : mul(inverse, gamma);
  const output = normalised(op, x, { centre, scale, shift: beta });
  return { outputs: [output], saved: [centre, variance, inverse] };
}

/** The same result from the mean and the variance that it saved. */
export function batchNormAgain(
  op: BatchNormOp,
  x: Tensor,
  saved: readonly Tensor[],
  weightOf: WeightLookup,
): Tensor {
  const inverse = rsqrt(add(tensorAt(saved, 1), op.epsilon));
  const gamma = optionalWeight(op.weights.gamma, weightOf);
  const scale = gamma === undefined ? inverse : mul(inverse, gamma);
  const shift = optionalWeight(op.weights.beta, weightOf);
  return normalised(op, x, { centre: tensorAt(saved, 0), scale, shift });
}

function byKernel(
  { axis, epsilon }: BatchNormOp,
  x: Tensor,
  { scale, shift }: Readonly<Record<"scale" | "shift", Tensor | undefined>>,
): NormalisedBatch | undefined {
  const { batchNorm } = gradientKernels();
  if (batchNorm === undefined || axis !== x.rank - 1) return undefined;
  const size = x.shape.slice(-1);
  return batchNorm(x, { scale: scale ?? ones(size), shift: shift ?? zeros(size) }, epsilon);
}

function momentsOf(
  { axis }: BatchNormOp,
  x: Tensor,
): Readonly<Record<"mean" | "variance", Tensor>> {
  const { columnSums, centredSums } = gradientKernels();
  const sums = axis === x.rank - 1 ? columnSums?.(x) : undefined;
  if (sums !== undefined) {
    const count = x.size / sums.size;
    const centre = div(sums, count);
    const squares = centredSums?.(undefined, x, centre);
    if (squares !== undefined) return { mean: centre, variance: div(squares, count) };
  }
  const axes = x.shape.map((_, at) => at).filter((at) => at !== axis);
  const centre = mean(x, axes);
  const apart = sub(x, reshape(centre, alongAxis(x, axis)));
  return { mean: centre, variance: mean(square(apart), axes) };
}

interface Normal {
  readonly centre: Tensor;
  readonly scale: Tensor;
  readonly shift: Tensor | undefined;
}

function normalised({ axis }: BatchNormOp, x: Tensor, { centre, scale, shift }: Normal): Tensor {
  if (axis === x.rank - 1) {
    const along = { centre, scale, shift: shift ?? zerosLike(centre) };
    const own = gradientKernels().normalise?.(x, along);
    if (own !== undefined) return own;
  }
  const shape = alongAxis(x, axis);
  const scaled = mul(sub(x, reshape(centre, shape)), reshape(scale, shape));
  return shift === undefined ? scaled : add(scaled, reshape(shift, shape));
}

function alongAxis(x: Tensor, axis: number): number[] {
  return x.shape.map((size, at) => (at === axis ? size : 1));
}

/** Numbers from 0 up to 1, in a stream that the caller seeds. */
export type RandomStream = (count: number) => Float32Array;

/** The numbers of a noise layer for values of a shape: new tensors each time. */
export type NoiseNumbers = (op: NoiseOp, shape: readonly number[]) => readonly Tensor[];

/**
 * Draws what a noise layer multiplies with or, as `gaussianNoise`, adds; `alphaDropout` multiplies, then adds.
 * @see keras/layers/noise.py, keras/layers/core.py `Dropout` (2.2.4)
 */
export function noiseNumbers(random: RandomStream): NoiseNumbers {
  return ({ fn, rate = 0, stddev = 0, sharedAxes = [] }, whole) => {
    const shape = whole.map((size, axis) => (sharedAxes.includes(axis) ? 1 : size));
    const count = shape.reduce((size, dim) => size * dim, 1);
    const tensors = (...lists: readonly Float32Array[]): readonly Tensor[] =>
      lists.map((numbers) => tensor(numbers, shape, "float32"));
    if (fn === "gaussianNoise") return tensors(normal(random, count, [0, stddev]));
    if (isStill(fn, rate)) return [];
    if (fn === "dropout") {
      const kept = rate >= 1 ? 0 : 1 / (1 - rate);
      return tensors(random(count).map((chance) => (chance >= rate ? kept : 0)));
    }
    if (fn === "gaussianDropout") {
      return tensors(normal(random, count, [1, Math.sqrt(rate / (1 - rate))]));
    }
    const gain = ((1 - rate) * (1 + rate * ALPHA ** 2)) ** -0.5;
    const dropped = random(count).map((chance) => (chance < rate ? 1 : 0));
    const scaled = dropped.map((gone) => gain * (1 - gone));
    return tensors(
      scaled,
      dropped.map((gone) => gain * ALPHA * (gone - rate)),
    );
  };
}

/** Noise while training. Saves what the gradient is multiplied with, where it is not 1. */
export function noiseTraining(
  op: NoiseOp,
  inputs: readonly Tensor[],
  numbers: NoiseNumbers,
): Computed {
  const x = tensorAt(inputs, 0);
  if (op.fn === "augmentation") {
    return fail("unsupported", "random changes within the model are not done while training here.");
  }
  const [first, moved] = numbers(op, x.shape);
  if (first === undefined) return computed(mul(x, 1));
  if (op.fn === "gaussianNoise") return computed(add(x, first));
  const scaled = mul(x, first);
  return { outputs: [moved === undefined ? scaled : add(scaled, moved)], saved: [first] };
}

function isStill(fn: NoiseOp["fn"], rate: number): boolean {
  return fn === "activityRegularization" || fn === "augmentation" || rate <= 0;
}

/** What a dropped number becomes so that mean and variance stay: `-scale * alpha` of selu. */
const ALPHA = -1.6732632423543772 * 1.0507009873554805;

/** Normally distributed numbers, two of the stream for each. */
function normal(
  random: RandomStream,
  count: number,
  [mean, deviation]: readonly [number, number],
): Float32Array {
  const uniform = random(2 * count);
  return Float32Array.from({ length: count }, (_, i) => {
    const radius = Math.sqrt(-2 * Math.log(1 - (uniform[2 * i] ?? 0)));
    return mean + deviation * radius * Math.cos(2 * Math.PI * (uniform[2 * i + 1] ?? 0));
  });
}
