import { expect, test } from "vitest";
import { worthwhileSplit } from "../../src/cli/frozen-split.ts";
import type { Graph } from "../../src/ir/graph.ts";
import type { Op } from "../../src/ir/ops/index.ts";
import { buildGraph, weight } from "../targets/coreml-nn/build-graph.ts";

const OPTIONS = { frozenNorm: "stored" } as const;

test("cuts where much work gives few numbers, whatever sizes the model leaves open", () => {
  const graph = headOnly(
    buildGraph([[null, null, 3]], (add, x) => add(HEAD, add(POOL, add(conv(3, 8), x)))),
  );
  const split = worthwhileSplit(graph, [16, 16, 3], OPTIONS);
  expect(split).toMatchObject({ shapes: [[8]], length: 8, layers: 2, of: 3 });
});

test("leaves a model whole where numbers are computed sooner than read", () => {
  const graph = headOnly(
    buildGraph([[16, 16, 3]], (add, x) => add(HEAD, add(POOL, add(NOISE, add(conv(3, 8), x))))),
  );
  expect(worthwhileSplit(graph, [16, 16, 3], OPTIONS)).toBeUndefined();
});

const POOL: Op = {
  kind: "globalPool",
  fn: "average",
  keepDims: false,
  layout: "channels-last",
  masked: false,
  weights: {},
};
const NOISE: Op = { kind: "noise", fn: "dropout", rate: 0.5, weights: {} };
const HEAD: Op = { kind: "dense", weights: { kernel: weight("head", [8, 2]) } };

function conv(channels: number, out: number): Op {
  return {
    kind: "conv",
    groups: 1,
    layout: "channels-last",
    strides: [1, 1],
    dilations: [1, 1],
    padding: "same",
    weights: { kernel: weight("kernel", [3, 3, channels, out]) },
  };
}

function headOnly(graph: Graph): Graph {
  const nodes = graph.nodes.map((node) => ({
    ...node,
    origin: { ...node.origin, trainable: node.op.kind === "dense" },
  }));
  return { ...graph, nodes };
}
