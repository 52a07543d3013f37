import { setBackend } from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it, test } from "vitest";
import type { Graph } from "../../src/ir/graph.ts";
import type { Op } from "../../src/ir/ops/index.ts";
import { sizeOf } from "../../src/ir/tensor.ts";
import { type SplitModel, splitFrozen } from "../../src/passes/split-frozen.ts";
import { buildTfjs } from "../../src/targets/tfjs/index.ts";
import { createTrainer } from "../../src/train/trainer.ts";
import { evaluate, type NamedTensor } from "../../src/verify/graph/evaluate.ts";
import type { Tensor } from "../../src/verify/graph/tensor.ts";
import { buildGraph, weight } from "../targets/coreml-nn/build-graph.ts";
import { batchOf, runsOf, startOf } from "../train/runs.ts";

const STORED = { frozenNorm: "stored" } as const;

describe("a frozen part", () => {
  it("ends behind the pooling, where there are the fewest numbers", () => {
    const graph = frozenBut(
      buildGraph([[5, 5, 2]], (add, x) => add(dense(3, 2), add(POOL, add(conv(2, 3), x)))),
    );
    const { base, tail } = expectSplit(graph, ["globalPool_1"]);
    expect(kinds(base)).toEqual(["conv", "globalPool"]);
    expect(kinds(tail)).toEqual(["dense"]);
  });

  it("ends before dropout", () => {
    const graph = frozenBut(
      buildGraph([[5, 5, 2]], (add, x) =>
        add(dense(3, 2), add(POOL, add(DROPOUT, add(conv(2, 3), x)))),
      ),
    );
    expectSplit(graph, ["conv_1"]);
  });

  it("goes on behind dropout that never drops anything", () => {
    const idle: Op = { ...DROPOUT, rate: 0 };
    const graph = frozenBut(
      buildGraph([[5, 5, 2]], (add, x) =>
        add(dense(3, 2), add(POOL, add(idle, add(conv(2, 3), x)))),
      ),
    );
    expectSplit(graph, ["globalPool_1"]);
  });

  it("ends before a batch normalisation whose statistics move, although it has no weights to train", () => {
    const graph = trainableOnly(
      buildGraph([[5, 5, 2]], (add, x) =>
        add(dense(3, 2), add(POOL, add(NORM, add(conv(2, 3), x)))),
      ),
      ["batchNorm_1", "dense_1"],
    );
    expectSplit(graph, ["conv_1"]);
  });

  it("ends before a frozen batch normalisation that goes by the batch, and only then", () => {
    const graph = frozenBut(
      buildGraph([[5, 5, 2]], (add, x) =>
        add(dense(3, 2), add(POOL, add(NORM, add(conv(2, 3), x)))),
      ),
    );
    expectSplit(graph, ["conv_1"], { frozenNorm: "batch" });
    expectSplit(graph, ["globalPool_1"]);
  });

  it("hands over several values where connections skip layers", () => {
    const graph = trainableOnly(
      buildGraph([[5, 5, 2]], (add, x) => {
        const early = add(conv(2, 3, "early"), x);
        const trained = add(conv(3, 3, "trained"), add(conv(3, 3, "late"), early));
        return add(ADD, early, trained);
      }),
      ["conv_3"],
    );
    expectSplit(graph, ["conv_1", "conv_2"]);
  });

  it("hands inputs over that are read behind the cut", () => {
    const graph = frozenBut(
      buildGraph([[4], [3]], (add, x, y) => add(ADD, add(dense(4, 2), x), add(dense(3, 2), y))),
      "dense_2",
    );
    const { tail } = expectSplit(graph, ["in_2", "dense_1"]);
    expect(kinds(tail)).toEqual(["dense", "merge"]);
  });

  it("ends before steps that only make its features larger", () => {
    const pad: Op = { kind: "pad", mode: "constant", value: 0, amounts: PADS, weights: {} };
    const graph = trainableOnly(
      buildGraph([[5, 5, 2]], (add, x) => add(conv(3, 3, "b"), add(pad, add(conv(2, 3, "a"), x)))),
      ["conv_2"],
    );
    const { tail } = expectSplit(graph, ["conv_1"]);
    expect(kinds(tail)).toEqual(["pad", "conv"]);
  });

  it("ends before a step that looks at the rest of the batch", () => {
    const mean: Op = { kind: "reduce", fn: "mean", axes: [0], keepDims: true, weights: {} };
    const graph = frozenBut(
      buildGraph([[4]], (add, x) => {
        const features = add(dense(4, 3), x);
        return add(dense(3, 2), add(ADD, features, add(mean, features)));
      }),
      "dense_2",
    );
    expectSplit(graph, ["dense_1"]);
  });

  it("is none where all is trained, where nothing is, and where nothing before the cut has weights", () => {
    const graph = buildGraph([[5, 5, 2]], (add, x) => add(dense(2, 2), add(POOL, x)));
    expect(splitFrozen(graph, STORED)).toBeUndefined();
    expect(splitFrozen(trainableOnly(graph, []), STORED)).toBeUndefined();
    expect(splitFrozen(trainableOnly(graph, ["dense_1"]), STORED)).toBeUndefined();
  });
});

test("keeps the penalties of all weights and what is known of the training", () => {
  const graph = startOf("training", "sgd_l2_frozen");
  const split = splitFrozen(graph, STORED);
  expect(split?.tail.penalties).toBe(graph.penalties);
  expect(split?.tail.training).toBe(graph.training);
  expect(split?.base.training).toBeUndefined();
});

describe("training behind the cut", () => {
  beforeAll(async () => {
    await setBackend("cpu");
  });

  const RUNS = [
    ["training", "adam_head_only", "batch", "conv1"],
    ["training_tf215", "adam_head_only", "stored", "flat"],
  ] as const;

  it.each(RUNS)("goes as in the whole model: %s/%s", async (suite, name, frozenNorm, cut) => {
    const graph = startOf(suite, name);
    const split = splitFrozen(graph, { frozenNorm });
    if (split === undefined) throw new Error("it was not cut");
    expect(split.tail.inputs.map((port) => port.name)).toEqual([cut]);
    const base = buildTfjs(split.base);
    const zeros = (count: number): Float32Array => new Float32Array(count);
    const random = () => zeros;
    const whole = createTrainer(graph, { random });
    const tail = createTrainer(split.tail, { random });
    const run = runsOf(suite).find(([own]) => own === name)?.[1];
    for (const [step, { loss: expected }] of run?.steps.entries() ?? []) {
      if (run === undefined) continue;
      const batch = batchOf(run, step);
      const [input = { shape: [], data: zeros(0) }] = batch.inputs;
      const features = base.predict(new Map([[graph.inputs[0]?.name ?? "", input]]));
      const { loss } = await tail.step({ ...batch, inputs: features });
      expect(Math.abs(loss - (await whole.step(batch)).loss)).toBeLessThan(1e-6);
      expect(Math.abs(loss - expected) / expected).toBeLessThan(1e-5);
    }
    expect(run?.steps).toHaveLength(5);
    expect(tail.weights.map((one) => one.name)).toEqual(whole.weights.map((one) => one.name));
    for (const { ref } of whole.weights) {
      const trained = whole.valuesOf(ref);
      tail.valuesOf(ref).forEach((value, i) => {
        expect(Math.abs(value - (trained[i] ?? Number.NaN))).toBeLessThan(2e-5);
      });
    }
  });

  it("has no base in a model whose first layer is trained: training_tf215/adam_bn_frozen", () => {
    expect(splitFrozen(startOf("training_tf215", "adam_bn_frozen"), STORED)).toBeUndefined();
  });
});

const POOL: Op = {
  kind: "globalPool",
  fn: "average",
  keepDims: false,
  layout: "channels-last",
  masked: false,
  weights: {},
};
const DROPOUT: Op & { readonly kind: "noise" } = {
  kind: "noise",
  fn: "dropout",
  rate: 0.5,
  weights: {},
};
const NORM: Op = {
  kind: "batchNorm",
  axis: 3,
  epsilon: 0.01,
  momentum: 0.99,
  weights: { mean: weight("mean", [3]), variance: weight("variance", [3], 0.1) },
};
const ADD: Op = { kind: "merge", fn: "add", weights: {} };
const PADS = [
  [0, 0],
  [1, 1],
  [1, 1],
  [0, 0],
] as const;

function dense(units: number, out: number): Op {
  return { kind: "dense", weights: { kernel: weight(`dense${units}`, [units, out]) } };
}

function conv(channels: number, out: number, id = "kernel"): Op {
  return {
    kind: "conv",
    groups: 1,
    layout: "channels-last",
    strides: [1, 1],
    dilations: [1, 1],
    padding: "same",
    weights: { kernel: weight(id, [2, 2, channels, out]) },
  };
}

function frozenBut(graph: Graph, layer = "dense_1"): Graph {
  return trainableOnly(graph, [layer]);
}

function trainableOnly(graph: Graph, layers: readonly string[]): Graph {
  const nodes = graph.nodes.map((node) => {
    const trainable = layers.includes(node.origin.layer);
    return { ...node, origin: { ...node.origin, trainable } };
  });
  return { ...graph, nodes };
}

function kinds({ nodes }: Graph): readonly string[] {
  return nodes.map(({ op }) => op.kind);
}

/** Cut there, and both parts together give the same numbers as the whole. */
function expectSplit(
  graph: Graph,
  cut: readonly string[],
  options: Parameters<typeof splitFrozen>[1] = STORED,
): SplitModel {
  const split = splitFrozen(graph, options);
  if (split === undefined) throw new Error("it was not cut");
  const { base, tail } = split;
  expect(tail.inputs.map(({ name }) => name)).toEqual(cut);
  const inputs = new Map<string, Tensor>(
    graph.inputs.map(({ name, value }) => [name, numbers(graph, value)]),
  );
  const handed = new Map([...inputs, ...named(evaluate(base, inputs))]);
  expect(evaluate(tail, handed)).toEqual(evaluate(graph, inputs));
  return split;
}

function numbers(graph: Graph, value: string): Tensor {
  const shape = (graph.types.get(value)?.shape ?? []).map((dim) => dim ?? 2);
  const data = new Float64Array(sizeOf(shape));
  weight(value, shape).readInto(data, 0);
  return { shape, data };
}

function named(tensors: readonly NamedTensor[]): readonly (readonly [string, NamedTensor])[] {
  return tensors.map((tensor) => [tensor.name, tensor] as const);
}
