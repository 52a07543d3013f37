import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { Activation } from "../../../../src/ir/ops/activation.ts";
import type { Op } from "../../../../src/ir/ops/index.ts";
import type { ConvLstmOp, RecurrentOp } from "../../../../src/ir/ops/recurrent.ts";
import { taped } from "../../../../src/targets/tfjs/backward/taped.ts";
import { computed } from "../../../../src/targets/tfjs/forward.ts";
import { weight } from "../../coreml-nn/build-graph.ts";
import { activateBackend, BACKENDS } from "../backends.ts";
import { type ComparedOp, compareGradients } from "./against-differences.ts";

type Sample = Pick<ComparedOp, "op" | "shapes" | "given">;

const NONE = { weights: {} } as const;
const TANH: Activation = { fn: "tanh" };
const SIGMOID: Activation = { fn: "sigmoid" };

const OPS: Readonly<Record<string, Sample>> = {
  "a transposed convolution": {
    op: transposed([3, 3, 2, 3], [2, 2], "same"),
    shapes: [[2, 4, 3, 3]],
  },
  "a transposed convolution without a border": {
    op: transposed([2, 3, 2, 3], [1, 2], "valid"),
    shapes: [[2, 3, 4, 3]],
  },
  "a transposed convolution of a sequence": {
    op: transposed([3, 2, 3], [2], "same"),
    shapes: [[2, 4, 3]],
  },
  "a kernel of its own at every place": {
    op: {
      kind: "locallyConnected",
      kernelSize: [2, 2],
      strides: [1, 2],
      layout: "channels-last",
      weights: { kernel: weight("kernel", [6, 8, 3]), bias: weight("bias", [3, 2, 3]) },
    },
    shapes: [[2, 4, 5, 2]],
  },
  "a product of matrices": {
    op: { kind: "matmul", transposeA: false, transposeB: true, ...NONE },
    shapes: [
      [2, 3, 4],
      [2, 5, 4],
    ],
  },
  "inner products": {
    op: { kind: "dot", axes: [1, 2], normalize: false, ...NONE },
    shapes: [
      [2, 3, 4],
      [2, 5, 3],
    ],
  },
  cosines: {
    op: { kind: "dot", axes: [1, 1], normalize: true, ...NONE },
    shapes: [
      [3, 4],
      [3, 4],
    ],
  },
  "rows of a table": {
    op: { kind: "embedding", weights: { embeddings: weight("embeddings", [5, 6]) } },
    shapes: [[2, 3]],
    given: [[4, 0, 1, 4, 4, 2]],
  },
  ...Object.fromEntries(
    (["sum", "mean", "max", "min", "prod", "l2norm"] as const).map((fn) => [
      `a ${fn}`,
      {
        op: { kind: "reduce", fn, axes: [2], keepDims: fn === "sum", ...NONE },
        shapes: [[2, 3, 4]],
      },
    ]),
  ),
  "a normalisation of each sample": {
    op: {
      kind: "layerNorm",
      axes: [2],
      epsilon: 1e-3,
      rms: false,
      weights: { gamma: weight("gamma", [4]), beta: weight("beta", [4]) },
    },
    shapes: [[2, 3, 4]],
  },
  "a normalisation by the root mean square": {
    op: { kind: "layerNorm", axes: [1, 2], epsilon: 1e-3, rms: true, weights: {} },
    shapes: [[2, 3, 4]],
  },
  "a normalisation of groups": {
    op: {
      kind: "groupNorm",
      groups: 2,
      axis: 3,
      epsilon: 1e-3,
      weights: { gamma: weight("gamma", [4]), beta: weight("beta", [4]) },
    },
    shapes: [[2, 3, 2, 4]],
  },
  "a division by the length": {
    op: { kind: "unitNorm", axes: [1], ...NONE },
    shapes: [[3, 4]],
  },
  "learned slopes": {
    op: { kind: "prelu", weights: { alpha: weight("alpha", [1, 3]) } },
    shapes: [[2, 4, 3]],
  },
  "a power": { op: { kind: "unary", fn: "power", exponent: 2, ...NONE }, shapes: [[2, 3]] },
  "a sine": { op: { kind: "unary", fn: "sin", ...NONE }, shapes: [[2, 3]] },
  "an absolute value": { op: { kind: "unary", fn: "abs", ...NONE }, shapes: [[2, 3]] },
  "a clipped value": {
    op: { kind: "unary", fn: "clip", min: -1, max: 1, ...NONE },
    shapes: [[3, 4]],
  },
  "every second number of a part": {
    op: { kind: "slice", starts: [0, 1, 0], ends: [null, 4, null], steps: [1, 1, 2], ...NONE },
    shapes: [[2, 5, 5]],
  },
  ...Object.fromEntries(
    (["nearest", "bilinear", "bicubic"] as const).map((interpolation) => [
      `a ${interpolation} resize`,
      {
        op: {
          kind: "resize",
          factors: [2, 3],
          interpolation,
          coordinates: "half-pixel",
          layout: "channels-last",
          ...NONE,
        },
        shapes: [[2, 3, 2, 2]],
      },
    ]),
  ),
  "a mask": {
    op: { kind: "applyMask", ...NONE },
    shapes: [
      [2, 3, 2],
      [2, 3],
    ],
    given: [undefined, [1, 0, 1, 0, 1, 1]],
  },
  "the mean of steps that are not masked": {
    op: {
      kind: "globalPool",
      fn: "average",
      keepDims: false,
      layout: "channels-last",
      masked: true,
      ...NONE,
    },
    shapes: [
      [2, 3, 2],
      [2, 3],
    ],
    given: [undefined, [1, 0, 1, 0, 1, 1]],
  },
  "a mirrored border": {
    op: {
      kind: "pad",
      mode: "reflect",
      amounts: [
        [0, 0],
        [1, 2],
        [0, 1],
      ],
      value: 0,
      ...NONE,
    },
    shapes: [[2, 4, 3]],
  },
  "the largest of three": {
    op: { kind: "merge", fn: "maximum", ...NONE },
    shapes: [
      [3, 4],
      [3, 4],
      [3, 4],
    ],
  },
  "an LSTM": { op: recurrent("lstm", {}), shapes: [[2, 4, 3]] },
  "an LSTM that goes backwards over masked steps": {
    op: recurrent("lstm", { direction: "backward", masked: true, returnSequences: true }),
    shapes: [
      [2, 4, 3],
      [2, 4],
    ],
    given: [undefined, [1, 1, 0, 1, 1, 0, 0, 1]],
  },
  "an LSTM from given states": {
    op: recurrent("lstm", { initialState: true }),
    shapes: [
      [2, 3, 3],
      [2, 2],
      [2, 2],
    ],
  },
  "a GRU that resets after the product": {
    op: recurrent("gru", { resetAfter: true, returnSequences: true }),
    shapes: [[2, 3, 3]],
  },
  "a GRU that resets before the product": { op: recurrent("gru", {}), shapes: [[2, 3, 3]] },
  "a simple cell in both directions": {
    op: recurrent("simple", { direction: "bidirectional", merge: "concat" }),
    shapes: [[2, 3, 3]],
  },
  "an LSTM of convolutions": { op: convLstm(), shapes: [[1, 2, 4, 3, 2]] },
};

const RARE: readonly Activation[] = [
  { fn: "gelu", approximate: true },
  { fn: "gelu", approximate: false },
  { fn: "hardSilu" },
  { fn: "celu", alpha: 0.7 },
  { fn: "mish" },
  { fn: "logSigmoid" },
  { fn: "tanhShrink" },
  { fn: "squareplus", b: 4 },
  { fn: "softShrink", threshold: 0.5 },
  { fn: "hardShrink", threshold: 0.5 },
  { fn: "sparsePlus" },
  { fn: "sparseSigmoid" },
  { fn: "threshold", threshold: 0.5, value: 0.1 },
  { fn: "glu", axis: 1 },
];

describe.each(BACKENDS)("gradients by the tape on %s", (backend) => {
  beforeAll(async () => {
    await activateBackend(backend);
  });

  it.each(Object.entries(OPS))("of %s are its slopes", (_, sample) => {
    expectSlopes(sample);
  });

  it.each(RARE)("of %o are its slopes", (activation) => {
    expectSlopes({ op: { kind: "activation", activation, weights: {} }, shapes: [[2, 4, 5]] });
  });
});

it("go through an input that comes twice once for each time", () => {
  const { gradients } = taped<Op>((_, inputs) => {
    const [a = tf.scalar(0), b = tf.scalar(0)] = inputs;
    return computed(tf.mul(a, tf.square(b)));
  });
  const x = tf.tensor1d([1, 2, 3]);
  const found = gradients(
    { kind: "matmul", transposeA: false, transposeB: false, weights: {} },
    {
      inputs: [x, x],
      shapes: [[3], [3]],
      output: x,
      saved: [],
      gradient: tf.onesLike(x),
      gradients: [tf.onesLike(x)],
      weightOf: () => x,
      wants: () => true,
      wantsWeights: false,
    },
  );
  const slopes = found.inputs.map((one) => [...(one?.dataSync() ?? [])]);
  expect(slopes).toEqual([
    [1, 4, 9],
    [2, 8, 18],
  ]);
});

function expectSlopes(sample: Sample): void {
  const found = compareGradients(sample);
  expect(found.length).toBeGreaterThan(0);
  for (const { of, error, size } of found) {
    expect(size).toBeGreaterThan(0);
    expect(error, of).toBeLessThan(2e-5);
  }
}

function transposed(
  kernel: readonly number[],
  strides: readonly number[],
  padding: "same" | "valid",
): Op {
  return {
    kind: "convTranspose",
    strides,
    dilations: strides.map(() => 1),
    padding,
    layout: "channels-last",
    weights: { kernel: weight("kernel", kernel), bias: weight("bias", [kernel.at(-2) ?? 1]) },
  };
}

function recurrent(cell: RecurrentOp["cell"], options: Partial<RecurrentOp>): RecurrentOp {
  const [units, features] = [2, 3];
  const columns = { simple: 1, gru: 3, lstm: 4 }[cell] * units;
  const bias = options.resetAfter === true ? [2, columns] : [columns];
  const set = (
    name: string,
  ): [ReturnType<typeof weight>, ReturnType<typeof weight>, ReturnType<typeof weight>] => [
    weight(`${name}kernel`, [features, columns]),
    weight(`${name}recurrent`, [units, columns]),
    weight(`${name}bias`, bias),
  ];
  const [kernel, recurrentKernel, ownBias] = set("");
  const [backwardKernel, backwardRecurrentKernel, backwardBias] = set("backward");
  const second = { backwardKernel, backwardRecurrentKernel, backwardBias };
  return {
    kind: "recurrent",
    cell,
    units,
    activation: TANH,
    recurrentActivation: SIGMOID,
    resetAfter: false,
    direction: "forward",
    merge: null,
    returnSequences: false,
    returnState: false,
    initialState: false,
    masked: false,
    stateful: false,
    ...options,
    weights: {
      kernel,
      recurrentKernel,
      bias: ownBias,
      ...(options.direction === "bidirectional" ? second : {}),
    },
  };
}

function convLstm(): ConvLstmOp {
  return {
    kind: "convLstm",
    filters: 2,
    strides: [1, 1],
    dilations: [1, 1],
    padding: "same",
    activation: TANH,
    recurrentActivation: SIGMOID,
    direction: "forward",
    returnSequences: true,
    weights: {
      kernel: weight("kernel", [2, 2, 2, 8]),
      recurrentKernel: weight("recurrent", [2, 2, 2, 8]),
      bias: weight("bias", [8]),
    },
  };
}
