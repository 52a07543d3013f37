import type { Activation, UnaryOp } from "../../src/ir/ops/activation.ts";
import type { Op } from "../../src/ir/ops/index.ts";
import type { ResizeOp } from "../../src/ir/ops/shape.ts";
import { weight } from "./coreml-nn/build-graph.ts";

/** What no fixture has: each op on inputs of these shapes (batch left out). */
export const OPS: Readonly<Record<string, readonly [Op, ...(readonly number[])[]]>> = {
  "a convolution with strides and dilations": [
    conv([3, 2, 2, 3], { strides: [2, 2], dilations: [2, 1], padding: "same" }),
    [9, 8, 2],
  ],
  "a convolution whose stride leaves elements out": [
    conv([2, 3, 2, 3], { strides: [4, 3], padding: "same" }),
    [8, 7, 2],
  ],
  "a depthwise convolution whose stride leaves elements out": [
    depthwise([3, 1, 4, 1], { strides: [3, 3], padding: "same" }),
    [11, 2, 4],
  ],
  "a resizing that changes nothing": [
    {
      kind: "resize",
      factors: [1, 1, 1],
      interpolation: "nearest",
      coordinates: "asymmetric",
      layout: "channels-last",
      weights: {},
    },
    [2, 3, 2, 2],
  ],
  "a convolution with explicit padding": [
    conv([3, 3, 2, 3], {
      padding: [
        [2, 0],
        [1, 3],
      ],
    }),
    [6, 5, 2],
  ],
  "a causal convolution with strides": [
    conv([3, 2, 4], { strides: [2], padding: "causal" }),
    [9, 2],
  ],
  "a convolution in groups with unequal strides, channels first": [
    conv([3, 3, 2, 6], { strides: [2, 1], groups: 2, layout: "channels-first" }),
    [4, 7, 7],
  ],
  "a convolution with as many groups as channels": [conv([2, 2, 1, 6], { groups: 3 }), [4, 4, 3]],
  "a convolution of volumes in groups, dilated and strided": [
    conv([2, 2, 2, 2, 4], { strides: [1, 2, 1], dilations: [2, 1, 1], groups: 2 }),
    [5, 5, 4, 4],
  ],
  "a depthwise convolution with unequal strides": [
    depthwise([3, 3, 2, 2], { strides: [2, 1], padding: "same" }),
    [7, 6, 2],
  ],
  "a depthwise convolution of a sequence, dilated and strided": [
    depthwise([3, 2, 2], { strides: [2], dilations: [2], padding: "same" }),
    [11, 2],
  ],
  "a depthwise convolution of volumes": [
    depthwise([2, 2, 2, 3, 2], { strides: [1, 2, 1] }),
    [3, 5, 4, 3],
  ],
  "a transposed convolution with dilations and output padding": [
    transposed([3, 2, 4, 2], {
      strides: [2, 3],
      dilations: [2, 1],
      padding: "same",
      outputPadding: [1, 2],
    }),
    [4, 3, 2],
  ],
  "a transposed convolution whose stride exceeds its kernel": [
    transposed([2, 3, 2], { strides: [4], padding: "valid" }),
    [5, 2],
  ],
  "a transposed convolution of volumes, strided": [
    transposed([3, 2, 2, 3, 2], { strides: [2, 3, 1], padding: "same" }),
    [3, 2, 4, 2],
  ],
  "an average over a window with explicit padding": [
    pooling(
      "average",
      [2, 3],
      [1, 2],
      [
        [1, 0],
        [2, 1],
      ],
    ),
    [5, 6, 2],
  ],
  "a maximum over a window with explicit padding": [
    pooling(
      "max",
      [2, 3],
      [1, 2],
      [
        [1, 0],
        [2, 1],
      ],
    ),
    [5, 6, 2],
  ],
  "a maximum over volumes": [pooling("max", [2, 3, 2], [2, 1, 2], "same"), [3, 4, 5, 2]],
  "an average over volumes whose stride leaves elements out": [
    pooling("average", [1, 2, 1], [3, 2, 1], "same"),
    [3, 6, 5, 2],
  ],
  "a normalised dot product along unlike axes": [
    { kind: "dot", axes: [2, 1], normalize: true, weights: {} },
    [3, 4],
    [4, 5],
  ],
  "a product of transposed matrices": [
    { kind: "matmul", transposeA: true, transposeB: true, weights: {} },
    [3, 4, 2],
    [1, 5, 4],
  ],
  "a slice with steps": [
    { kind: "slice", starts: [0, 1, 2], ends: [null, 6, null], steps: [1, 2, 3], weights: {} },
    [7, 9],
  ],
  "a mirrored border": [
    {
      kind: "pad",
      amounts: [
        [0, 0],
        [2, 1],
        [0, 2],
      ],
      mode: "reflect",
      value: 0,
      weights: {},
    },
    [4, 5],
  ],
  "a border mirrored with its edge": [
    {
      kind: "pad",
      amounts: [
        [0, 0],
        [2, 1],
        [0, 2],
      ],
      mode: "symmetric",
      value: 0,
      weights: {},
    },
    [4, 5],
  ],
  "a repeated edge": [
    {
      kind: "pad",
      amounts: [
        [0, 0],
        [2, 1],
        [0, 2],
      ],
      mode: "edge",
      value: 0,
      weights: {},
    },
    [4, 5],
  ],
  "a slope for each channel": [
    { kind: "prelu", weights: { alpha: weight("alpha", [1, 1, 3]) } },
    [4, 2, 3],
  ],
  "a product over some axes": [
    { kind: "reduce", fn: "prod", axes: [1, 3], keepDims: true, weights: {} },
    [3, 2, 4],
  ],
};

/** Every activation, with the settings that matter. */
export const ACTIVATIONS: readonly Activation[] = [
  { fn: "relu", negativeSlope: 0, maxValue: null, threshold: 0 },
  { fn: "relu", negativeSlope: 0, maxValue: 6, threshold: 0 },
  { fn: "relu", negativeSlope: 0, maxValue: 1, threshold: 0 },
  { fn: "relu", negativeSlope: 0.3, maxValue: null, threshold: 0 },
  { fn: "relu", negativeSlope: 0.3, maxValue: 1.5, threshold: 0.5 },
  { fn: "thresholdedRelu", theta: 0.7 },
  { fn: "elu", alpha: 1 },
  { fn: "elu", alpha: 0.4 },
  { fn: "selu" },
  { fn: "celu", alpha: 0.5 },
  { fn: "sigmoid" },
  { fn: "hardSigmoid", slope: 0.2, offset: 0.5 },
  { fn: "tanh" },
  { fn: "hardTanh" },
  { fn: "softplus" },
  { fn: "softsign" },
  { fn: "exponential" },
  { fn: "silu" },
  { fn: "hardSilu" },
  { fn: "gelu", approximate: false },
  { fn: "gelu", approximate: true },
  { fn: "mish" },
  { fn: "logSigmoid" },
  { fn: "softShrink", threshold: 0.5 },
  { fn: "hardShrink", threshold: 0.5 },
  { fn: "tanhShrink" },
  { fn: "squareplus", b: 4 },
  { fn: "sparsePlus" },
  { fn: "sparseSigmoid" },
  { fn: "threshold", threshold: 0.4, value: -3 },
  { fn: "softmax", axis: 1 },
  { fn: "logSoftmax", axis: 2 },
  { fn: "sparsemax", axis: 1 },
  { fn: "glu", axis: 2 },
];

/** Every function of one number. */
export const UNARY: readonly UnaryOp["fn"][] = [
  ...(["abs", "neg", "square", "sqrt", "rsqrt", "log", "reciprocal", "sin", "cos"] as const),
  ...(["floor", "ceil", "round", "sign", "power", "clip"] as const),
];

/** Every way to resize. */
export const KERNELS: readonly ResizeOp["interpolation"][] = [
  ...(["nearest", "bilinear", "bicubic", "area"] as const),
  ...(["lanczos3", "lanczos5", "gaussian", "mitchellcubic"] as const),
];

function conv(kernel: readonly number[], options: Partial<Extract<Op, { kind: "conv" }>>): Op {
  const ones = kernel.slice(2).map(() => 1);
  return {
    kind: "conv",
    strides: ones,
    dilations: ones,
    padding: "valid",
    groups: 1,
    layout: "channels-last",
    ...options,
    weights: { kernel: weight("kernel", kernel), bias: weight("bias", kernel.slice(-1)) },
  };
}

function depthwise(
  kernel: readonly number[],
  options: Partial<Extract<Op, { kind: "depthwiseConv" }>>,
): Op {
  const ones = kernel.slice(2).map(() => 1);
  const [channels = 1, multiplier = 1] = kernel.slice(-2);
  return {
    kind: "depthwiseConv",
    strides: ones,
    dilations: ones,
    padding: "valid",
    layout: "channels-last",
    ...options,
    weights: { kernel: weight("kernel", kernel), bias: weight("bias", [channels * multiplier]) },
  };
}

function transposed(
  kernel: readonly number[],
  options: Partial<Extract<Op, { kind: "convTranspose" }>>,
): Op {
  const ones = kernel.slice(2).map(() => 1);
  return {
    kind: "convTranspose",
    strides: ones,
    dilations: ones,
    padding: "valid",
    layout: "channels-last",
    ...options,
    weights: { kernel: weight("kernel", kernel), bias: weight("bias", kernel.slice(-2, -1)) },
  };
}

function pooling(
  fn: "max" | "average",
  poolSize: readonly number[],
  strides: readonly number[],
  padding: "same" | readonly (readonly [number, number])[],
): Op {
  return { kind: "pool", fn, poolSize, strides, padding, layout: "channels-last", weights: {} };
}
