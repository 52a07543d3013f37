import { beforeAll, describe, expect, it } from "vitest";
import type { Activation } from "../../../../src/ir/ops/activation.ts";
import type { ConvOp, DepthwiseConvOp } from "../../../../src/ir/ops/conv.ts";
import type { Op } from "../../../../src/ir/ops/index.ts";
import type { BatchNormOp } from "../../../../src/ir/ops/norm.ts";
import type { PoolOp } from "../../../../src/ir/ops/pool.ts";
import { readFloat64 } from "../../../../src/ir/tensor.ts";
import { batchNormTraining } from "../../../../src/targets/tfjs/training-forward.ts";
import type { Tensor } from "../../../../src/verify/graph/tensor.ts";
import { weight } from "../../coreml-nn/build-graph.ts";
import { activateBackend, BACKENDS } from "../backends.ts";
import { type ComparedOp, compareGradients, type Reference } from "./against-differences.ts";

type Sample = readonly [Op, ...(readonly number[])[]];

const OPS: Readonly<Record<string, Sample>> = {
  "a convolution": [conv([3, 3, 2, 3], {}), [2, 5, 6, 2]],
  "a convolution with strides and same padding": [
    conv([3, 3, 2, 3], { strides: [2, 2], padding: "same" }),
    [2, 6, 7, 2],
  ],
  "a convolution that misses the last rows": [
    conv([2, 2, 2, 3], { strides: [3, 2] }),
    [2, 7, 8, 2],
  ],
  "a convolution with a kernel of one place": [
    conv([1, 1, 3, 4], { strides: [2, 2] }),
    [2, 5, 4, 3],
  ],
  "a dilated and strided convolution": [
    conv([3, 2, 2, 3], { strides: [2, 1], dilations: [2, 3], padding: "same" }),
    [2, 7, 6, 2],
  ],
  "a convolution in groups, channels first": [
    conv([3, 2, 2, 6], { groups: 2, strides: [2, 1], layout: "channels-first" }),
    [2, 4, 6, 5],
  ],
  "a causal convolution": [conv([3, 2, 4], { strides: [2], padding: "causal" }), [2, 7, 2]],
  "a convolution of volumes": [
    conv([2, 2, 2, 2, 3], { strides: [1, 2, 1], padding: "same" }),
    [2, 3, 4, 3, 2],
  ],
  "a convolution with explicit padding": [
    conv([3, 3, 2, 2], {
      padding: [
        [2, 0],
        [1, 2],
      ],
    }),
    [2, 4, 4, 2],
  ],
  "a depthwise convolution": [
    depthwise([3, 3, 3, 2], { strides: [2, 2], padding: "same" }),
    [2, 5, 6, 3],
  ],
  "a dilated depthwise convolution, channels first": [
    depthwise([2, 3, 3, 1], { dilations: [2, 1], layout: "channels-first" }),
    [2, 3, 5, 5],
  ],
  "a product with a matrix": [dense(4, 3), [3, 4]],
  "a product along the last of three axes": [dense(4, 3), [2, 5, 4]],
  "a maximum": [pooling("max", [2, 2], [2, 2], "valid"), [2, 5, 6, 3]],
  "a maximum over windows that overlap": [pooling("max", [3, 3], [2, 2], "same"), [2, 6, 5, 2]],
  "an average over windows that overlap the border": [
    pooling("average", [3, 2], [2, 1], "same"),
    [2, 6, 5, 2],
  ],
  "an average over a sequence": [pooling("average", [3], [2], "same"), [2, 7, 3]],
  "the mean of all places": [globalPool("average"), [2, 4, 3, 5]],
  "the maximum of all places": [globalPool("max"), [2, 4, 3, 5]],
  "a normalisation by stored numbers": [batchNorm(3, 3), [2, 3, 4, 3]],
  "a scale and an offset": [
    {
      kind: "affine",
      weights: { scale: weight("scale", [3]), offset: weight("offset", [1, 4, 3]) },
    },
    [2, 4, 3],
  ],
  "a scale and an offset that are learnt": [
    {
      kind: "affine",
      learned: true,
      weights: { scale: weight("scale", [3]), offset: weight("offset", [1, 4, 1]) },
    },
    [2, 4, 3],
  ],
  "a sum that broadcasts": [merging("add"), [2, 4, 3], [2, 1, 3]],
  "an average of three": [merging("average"), [2, 4], [2, 4], [2, 4]],
  "a difference": [merging("subtract"), [2, 4], [2, 4]],
  "a product of three that broadcasts": [merging("multiply"), [2, 4, 3], [2, 1, 3], [2, 4, 1]],
  "a larger one of two": [merging("maximum"), [3, 4], [3, 4]],
  "a smaller one of two": [merging("minimum"), [3, 4], [3, 4]],
  "a join": [{ kind: "concat", axis: 2, weights: {} }, [2, 3, 2], [2, 3, 4], [2, 3, 1]],
  "another shape": [{ kind: "reshape", shape: [2, null], weights: {} }, [3, 4, 3]],
  "axes in another order": [{ kind: "permute", dims: [0, 2, 3, 1], weights: {} }, [2, 3, 4, 5]],
  copies: [{ kind: "repeat", n: 3, weights: {} }, [2, 4]],
  "a border": [
    { kind: "pad", amounts: border(), mode: "constant", value: 0, weights: {} },
    [2, 3, 4],
  ],
  "a border taken away": [{ kind: "crop", amounts: border(), weights: {} }, [2, 5, 6]],
};

const ACTIVATIONS: readonly Activation[] = [
  { fn: "linear" },
  { fn: "relu", negativeSlope: 0, maxValue: null, threshold: 0 },
  { fn: "relu", negativeSlope: 0, maxValue: 1, threshold: 0 },
  { fn: "relu", negativeSlope: 0.2, maxValue: 1.2, threshold: 0.5 },
  { fn: "thresholdedRelu", theta: 0.5 },
  { fn: "elu", alpha: 0.7 },
  { fn: "selu" },
  { fn: "sigmoid" },
  { fn: "hardSigmoid", slope: 0.2, offset: 0.5 },
  { fn: "hardTanh" },
  { fn: "tanh" },
  { fn: "softplus" },
  { fn: "softsign" },
  { fn: "exponential" },
  { fn: "silu" },
  { fn: "softmax", axis: 2 },
  { fn: "softmax", axis: 1 },
  { fn: "logSoftmax", axis: 2 },
];

describe.each(BACKENDS)("gradients on %s", (backend) => {
  beforeAll(async () => {
    await activateBackend(backend);
  });

  it.each(Object.entries(OPS))("of %s are its slopes", (_, [op, ...shapes]) => {
    expectSlopes({ op, shapes, still: STILL });
  });

  it.each(ACTIVATIONS)("of %o are its slopes", (activation) => {
    expectSlopes({ op: { kind: "activation", activation, weights: {} }, shapes: [[2, 4, 5]] });
  });

  it.each([
    [3, [3, 4, 2, 3]],
    [1, [4, 3]],
    [1, [4, 2, 3]],
  ] as const)("of a normalisation by the batch along axis %d are its slopes", (axis, shape) => {
    const op = batchNorm(axis, shape[axis] ?? 0);
    const forward: ComparedOp["forward"] = (_, inputs, weightOf) =>
      batchNormTraining(op, inputs, weightOf);
    expectSlopes({ op, shapes: [shape], still: STILL, reference: byBatch, forward });
  });
});

/** What is not trained. */
const STILL = ["mean", "variance", "scale", "offset"];

function expectSlopes(compared: ComparedOp): void {
  const found = compareGradients(compared);
  expect(found.length).toBeGreaterThan(0);
  for (const { of, error, size } of found) {
    expect(size).toBeGreaterThan(0);
    expect(error, of).toBeLessThan(2e-5);
  }
}

/** Batch normalisation of a batch by its own numbers, from the formula. */
const byBatch: Reference = (op, [x]) => {
  if (op.kind !== "batchNorm" || x === undefined) throw new Error("Only batch normalisation.");
  const { gamma, beta } = op.weights;
  const scale = gamma === undefined ? [] : readFloat64(gamma);
  const shift = beta === undefined ? [] : readFloat64(beta);
  const size = x.shape[op.axis] ?? 1;
  const inner = x.shape.slice(op.axis + 1).reduce((product, dim) => product * dim, 1);
  const channelOf = (i: number): number => Math.floor(i / inner) % size;
  const data = x.data.slice();
  for (let channel = 0; channel < size; channel++) {
    const own = x.data.filter((_, i) => channelOf(i) === channel);
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    const variance = own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length;
    data.forEach((value, i) => {
      if (channelOf(i) !== channel) return;
      const normal = (value - mean) / Math.sqrt(variance + op.epsilon);
      data[i] = normal * (scale[channel] ?? 1) + (shift[channel] ?? 0);
    });
  }
  const result: Tensor = { shape: x.shape, data };
  return result;
};

function conv(kernel: readonly number[], options: Partial<ConvOp>): ConvOp {
  const spatial = kernel.slice(0, -2).map(() => 1);
  return {
    kind: "conv",
    strides: spatial,
    dilations: spatial,
    padding: "valid",
    groups: 1,
    layout: "channels-last",
    ...options,
    weights: { kernel: weight("kernel", kernel), bias: weight("bias", [kernel.at(-1) ?? 1]) },
  };
}

function depthwise(kernel: readonly number[], options: Partial<DepthwiseConvOp>): DepthwiseConvOp {
  const outputs = (kernel.at(-1) ?? 1) * (kernel.at(-2) ?? 1);
  return {
    kind: "depthwiseConv",
    strides: [1, 1],
    dilations: [1, 1],
    padding: "valid",
    layout: "channels-last",
    ...options,
    weights: { kernel: weight("kernel", kernel), bias: weight("bias", [outputs]) },
  };
}

function dense(from: number, to: number): Op {
  return {
    kind: "dense",
    weights: { kernel: weight("kernel", [from, to]), bias: weight("bias", [to]) },
  };
}

function pooling(
  fn: PoolOp["fn"],
  poolSize: readonly number[],
  strides: readonly number[],
  padding: PoolOp["padding"],
): PoolOp {
  return { kind: "pool", fn, poolSize, strides, padding, layout: "channels-last", weights: {} };
}

function globalPool(fn: "max" | "average"): Op {
  return {
    kind: "globalPool",
    fn,
    keepDims: false,
    layout: "channels-last",
    masked: false,
    weights: {},
  };
}

function batchNorm(axis: number, channels: number): BatchNormOp {
  return {
    kind: "batchNorm",
    axis,
    epsilon: 1e-3,
    momentum: 0.9,
    weights: {
      gamma: weight("gamma", [channels], 0.5, 1.5),
      beta: weight("beta", [channels]),
      mean: weight("mean", [channels]),
      variance: weight("variance", [channels], 0.5, 2),
    },
  };
}

function merging(fn: "add" | "average" | "subtract" | "multiply" | "maximum" | "minimum"): Op {
  return { kind: "merge", fn, weights: {} };
}

function border(): readonly (readonly [number, number])[] {
  return [
    [0, 0],
    [1, 2],
    [0, 3],
  ];
}
