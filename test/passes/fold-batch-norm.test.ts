import { expect, test } from "vitest";
import type { Graph } from "../../src/ir/graph.ts";
import type { Layout } from "../../src/ir/ops/conv.ts";
import type { Op } from "../../src/ir/ops/index.ts";
import { sizeOf } from "../../src/ir/tensor.ts";
import { foldBatchNorm } from "../../src/passes/fold-batch-norm.ts";
import { evaluate } from "../../src/verify/graph/evaluate.ts";
import { buildGraph, weight } from "../targets/coreml-nn/build-graph.ts";

test("multiplies the normalisation into a convolution", () => {
  expectFolded(buildGraph([[5, 5, 2]], (add, x) => add(norm(3, 3), add(conv(2, 3), x))));
});

test("finds the channels where channels come first", () => {
  const first = conv(2, 3, "channels-first");
  expectFolded(buildGraph([[2, 5, 5]], (add, x) => add(norm(3, 1), add(first, x))));
});

test("keeps the order of channels and their multiples of a depthwise convolution", () => {
  const depthwise: Op = {
    ...WINDOW,
    kind: "depthwiseConv",
    weights: { kernel: weight("depthwise", [2, 2, 3, 2]) },
  };
  expectFolded(buildGraph([[4, 4, 3]], (add, x) => add(norm(6, 3), add(depthwise, x))));
});

test("folds into transposed convolutions and dense layers", () => {
  const transposed: Op = {
    ...WINDOW,
    kind: "convTranspose",
    padding: "same",
    weights: { kernel: weight("transposed", [2, 2, 4, 3]), bias: weight("bias", [4]) },
  };
  const dense: Op = { kind: "dense", weights: { kernel: weight("dense", [3, 4]) } };
  expectFolded(buildGraph([[4, 4, 3]], (add, x) => add(norm(4, 3), add(transposed, x))));
  expectFolded(buildGraph([[3]], (add, x) => add(norm(4, 1), add(dense, x))));
});

test("leaves a layer alone whose result is read elsewhere too", () => {
  const graph = buildGraph([[5, 5, 2]], (add, x) => {
    const y = add(conv(2, 3), x);
    return [add(norm(3, 3), y), y];
  });
  expect(foldBatchNorm(graph)).toBe(graph);
});

test("leaves layers alone that share a kernel, since each would need its own", () => {
  const graph = buildGraph(
    [
      [5, 5, 2],
      [5, 5, 2],
    ],
    (add, x, y) => [add(norm(3, 3), add(conv(2, 3), x)), add(conv(2, 3), y)],
  );
  expect(foldBatchNorm(graph)).toBe(graph);
});

test("leaves a normalisation along another axis alone", () => {
  const graph = buildGraph([[5, 5, 2]], (add, x) => add(norm(4, 1), add(conv(2, 3), x)));
  expect(foldBatchNorm(graph)).toBe(graph);
});

const WINDOW = {
  strides: [1, 1],
  dilations: [1, 1],
  padding: "valid",
  layout: "channels-last",
} as const;

function conv(channels: number, out: number, layout: Layout = "channels-last"): Op {
  const weights = { kernel: weight("kernel", [2, 2, channels, out]), bias: weight("bias", [out]) };
  return { ...WINDOW, kind: "conv", groups: 1, layout, weights };
}

function norm(channels: number, axis: number): Op {
  const vector = (name: string, from: number) => weight(name, [channels], from, 1);
  return {
    kind: "batchNorm",
    axis,
    epsilon: 0.01,
    momentum: 0.99,
    weights: {
      gamma: vector("gamma", 0.1),
      beta: vector("beta", -1),
      mean: vector("mean", -1),
      variance: vector("variance", 0.1),
    },
  };
}

/** One node less, and the same numbers. */
function expectFolded(graph: Graph): void {
  const folded = foldBatchNorm(graph);
  expect(folded.nodes.length).toBe(graph.nodes.length - 1);
  const shape = (graph.types.get("in_1")?.shape ?? []).map((dim) => dim ?? 2);
  const data = new Float64Array(sizeOf(shape));
  weight("input", shape).readInto(data, 0);
  const inputs = new Map([["in_1", { shape, data }]]);
  const [before, after] = [evaluate(graph, inputs), evaluate(folded, inputs)];
  after[0]?.data.forEach((value, i) => {
    expect(value).toBeCloseTo(before[0]?.data[i] ?? Number.NaN, 6);
  });
}
