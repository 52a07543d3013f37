import type { NumberTensor } from "../backends/predictor.ts";
import { createBuilder } from "../ir/create-builder.ts";
import type { Graph, Origin, ValueId } from "../ir/graph.ts";
import type { Op } from "../ir/ops/index.ts";
import { sizeOf, type WeightRef } from "../ir/tensor.ts";
import { constantWeight } from "../weights/constant.ts";

/** Height and width of its pictures, in pixels. */
const SIZE = 128;

/** Output channels and stride of each pair of a depthwise and a pointwise convolution, as in MobileNet of half the width. */
const BLOCKS = [
  [32, 1],
  [64, 2],
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [256, 1],
] as const;

/** A network of the kind that people run on pictures, to time backends with. */
export function sampleNetwork(): Graph {
  const builder = createBuilder({
    name: "sample",
    source: { format: "kc", version: "", backend: "" },
  });
  const input = builder.input("picture", { dtype: "float32", shape: [null, SIZE, SIZE, 3] });
  const add = (op: Op, value: ValueId): ValueId => builder.add(op, [value], originOf(op))[0] ?? "";
  const relu = (value: ValueId): ValueId => add(RELU, value);
  let value = relu(add(convolution([3, 3, 3, 16], 2), input));
  let channels = 16;
  for (const [out, stride] of BLOCKS) {
    value = relu(add(depthwise(channels, stride), value));
    value = relu(add(convolution([1, 1, channels, out], 1), value));
    channels = out;
  }
  const pooled = add(POOL, value);
  const kernel = weight("scores", [channels, 100]);
  const scores = add({ kind: "dense", weights: { kernel } }, pooled);
  return builder.finish([{ name: "scores", value: scores }]);
}

/** One picture for it. */
export function samplePicture(): ReadonlyMap<string, NumberTensor> {
  const data = Float32Array.from({ length: SIZE * SIZE * 3 }, (_, i) => ((i * 37) % 255) / 255);
  return new Map([["picture", { shape: [1, SIZE, SIZE, 3], data }]]);
}

const RELU: Op = {
  kind: "activation",
  activation: { fn: "relu", negativeSlope: 0, maxValue: 6, threshold: 0 },
  weights: {},
};

const POOL: Op = {
  kind: "globalPool",
  fn: "average",
  keepDims: false,
  layout: "channels-last",
  masked: false,
  weights: {},
};

function convolution(kernel: readonly number[], stride: number): Op {
  return {
    kind: "conv",
    strides: [stride, stride],
    dilations: [1, 1],
    padding: "same",
    groups: 1,
    layout: "channels-last",
    weights: { kernel: weight(`conv ${kernel.join()}`, kernel) },
  };
}

function depthwise(channels: number, stride: number): Op {
  return {
    kind: "depthwiseConv",
    strides: [stride, stride],
    dilations: [1, 1],
    padding: "same",
    layout: "channels-last",
    weights: { kernel: weight(`depthwise ${channels} ${stride}`, [3, 3, channels, 1]) },
  };
}

/** Small numbers, none of them equal to its neighbour. */
function weight(id: string, shape: readonly number[]): WeightRef {
  const values = Float32Array.from(
    { length: sizeOf(shape) },
    (_, i) => (((i * 16807) % 101) - 50) / 500,
  );
  return constantWeight(id, shape, values);
}

function originOf(op: Op): Origin {
  return { layer: op.kind, className: op.kind, config: {}, call: 0, trainable: false };
}
