import { describe } from "vitest";
import type { Activation, UnaryOp } from "../../../src/ir/ops/activation.ts";
import { weight } from "./build-graph.ts";
import { testGraph } from "./equivalence.ts";

const relu = (negativeSlope: number, maxValue: number | null, threshold: number): Activation => ({
  fn: "relu",
  negativeSlope,
  maxValue,
  threshold,
});

const ACTIVATIONS: readonly (readonly [string, Activation, version: number])[] = [
  ["linear", { fn: "linear" }, 1],
  ["relu", relu(0, null, 0), 1],
  ["relu with a slope", relu(0.2, null, 0), 1],
  ["relu with a threshold", relu(0, null, 0.5), 1],
  ["relu with slope and threshold", relu(0.3, null, 0.5), 1],
  ["relu with a maximum", relu(0, 1.5, 0), 1],
  ["relu with slope, maximum and threshold", relu(0.25, 1.5, 0.7), 1],
  ["relu with slope and maximum", relu(0.25, 1, 0), 1],
  ["thresholded relu", { fn: "thresholdedRelu", theta: 0.8 }, 1],
  ["elu", { fn: "elu", alpha: 0.7 }, 1],
  ["selu", { fn: "selu" }, 1],
  ["celu", { fn: "celu", alpha: 0.6 }, 1],
  ["sigmoid", { fn: "sigmoid" }, 1],
  ["hard sigmoid of Keras 2", { fn: "hardSigmoid", slope: 0.2, offset: 0.5 }, 1],
  ["hard sigmoid of Keras 3", { fn: "hardSigmoid", slope: 1 / 6, offset: 0.5 }, 1],
  ["tanh", { fn: "tanh" }, 1],
  ["hard tanh", { fn: "hardTanh" }, 1],
  ["softplus", { fn: "softplus" }, 1],
  ["softsign", { fn: "softsign" }, 1],
  ["exponential", { fn: "exponential" }, 1],
  ["silu", { fn: "silu" }, 1],
  ["hard silu", { fn: "hardSilu" }, 1],
  ["gelu", { fn: "gelu", approximate: false }, 4],
  ["gelu by tanh", { fn: "gelu", approximate: true }, 1],
  ["mish", { fn: "mish" }, 1],
  ["log sigmoid", { fn: "logSigmoid" }, 1],
  ["soft shrink", { fn: "softShrink", threshold: 0.5 }, 1],
  ["hard shrink", { fn: "hardShrink", threshold: 0.5 }, 1],
  ["tanh shrink", { fn: "tanhShrink" }, 1],
  ["squareplus", { fn: "squareplus", b: 4 }, 1],
  ["sparse plus", { fn: "sparsePlus" }, 1],
  ["sparse sigmoid", { fn: "sparseSigmoid" }, 1],
  ["threshold with 0", { fn: "threshold", threshold: 0.3, value: 0 }, 1],
  ["threshold with another value", { fn: "threshold", threshold: 0.3, value: -2 }, 4],
  ["softmax over channels", { fn: "softmax", axis: 3 }, 1],
  ["softmax over rows", { fn: "softmax", axis: 1 }, 1],
  ["softmax over columns", { fn: "softmax", axis: 2 }, 1],
  ["log softmax", { fn: "logSoftmax", axis: 2 }, 1],
  ["glu", { fn: "glu", axis: 3 }, 1],
];

describe("activations of a picture", () => {
  for (const [name, activation, version] of ACTIVATIONS) {
    testGraph(
      name,
      [[3, 5, 4]],
      (add, x) => add({ kind: "activation", activation, weights: {} }, x),
      { version },
    );
  }
});

describe("activations of a sequence and a vector", () => {
  for (const axis of [1, 2]) {
    testGraph(`softmax over axis ${axis} of a sequence`, [[6, 4]], (add, x) =>
      add({ kind: "activation", activation: { fn: "softmax", axis }, weights: {} }, x),
    );
  }
  testGraph("relu6 of a vector", [[7]], (add, x) =>
    add({ kind: "activation", activation: relu(0, 6, 0), weights: {} }, x),
  );
});

describe("functions of each element", () => {
  const functions: readonly (readonly [string, Omit<UnaryOp, "kind" | "weights">, number])[] = [
    ["abs", { fn: "abs" }, 1],
    ["neg", { fn: "neg" }, 1],
    ["square", { fn: "square" }, 1],
    ["reciprocal", { fn: "reciprocal" }, 1],
    ["sin", { fn: "sin" }, 4],
    ["cos", { fn: "cos" }, 4],
    ["floor", { fn: "floor" }, 4],
    ["ceil", { fn: "ceil" }, 4],
    ["sign", { fn: "sign" }, 4],
    ["cube", { fn: "power", exponent: 3 }, 1],
    ["power 2", { fn: "power", exponent: 2 }, 1],
    ["power -1", { fn: "power", exponent: -1 }, 1],
    ["clip", { fn: "clip", min: -0.5, max: 1 }, 1],
    ["clip from below", { fn: "clip", min: -0.5 }, 1],
    ["clip from above", { fn: "clip", max: 0.5 }, 1],
  ];
  for (const [name, op, version] of functions) {
    testGraph(name, [[3, 4]], (add, x) => add({ kind: "unary", ...op, weights: {} }, x), {
      version,
    });
  }
  for (const [name, op] of [
    ["sqrt", { fn: "sqrt" }],
    ["rsqrt", { fn: "rsqrt" }],
    ["log", { fn: "log" }],
    ["power 0.3", { fn: "power", exponent: 0.3 }],
    ["power -2", { fn: "power", exponent: -2 }],
  ] as const) {
    testGraph(name, [[3, 4]], (add, x) => add({ kind: "unary", ...op, weights: {} }, x), {
      version: 1,
      range: [0.1, 3],
    });
  }
});

describe("PReLU", () => {
  const shapes: readonly (readonly [string, readonly number[]])[] = [
    ["one alpha", [1, 1, 1]],
    ["one for each channel", [1, 1, 4]],
    ["one for each row", [3, 1, 1]],
    ["one for each place", [3, 5, 1]],
    ["one for each element", [3, 5, 4]],
    ["one for each column and channel", [1, 5, 4]],
  ];
  for (const [name, shape] of shapes) {
    testGraph(
      name,
      [[3, 5, 4]],
      (add, x) => add({ kind: "prelu", weights: { alpha: weight("alpha", shape) } }, x),
      { version: 1 },
    );
  }
});
