import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { Graph } from "../../../../src/ir/graph.ts";
import type { NoiseOp } from "../../../../src/ir/ops/noise.ts";
import { readFloat32, sizeOf, type WeightRef } from "../../../../src/ir/tensor.ts";
import { passRunner } from "../../../../src/targets/tfjs/training/pass-runner.ts";
import { planRecomputing } from "../../../../src/targets/tfjs/training/recompute.ts";
import {
  type GradientStarts,
  recordPass,
} from "../../../../src/targets/tfjs/training/recorded-pass.ts";
import {
  startPass,
  type TrainingInputs,
  type TrainingPass,
} from "../../../../src/targets/tfjs/training/run-training.ts";
import { planTraining } from "../../../../src/targets/tfjs/training/training-plan.ts";
import { noiseNumbers } from "../../../../src/targets/tfjs/training-forward.ts";
import { buildGraph, weight } from "../../coreml-nn/build-graph.ts";
import { activateBackend, BACKENDS } from "../backends.ts";

const DROPOUT: NoiseOp = { kind: "noise", fn: "dropout", rate: 0.5, weights: {} };

/** Padding, convolution with bias, normalisation, maxima, dropout, a mean, and a frozen product. */
function model(): Graph {
  const window = {
    dilations: [1, 1],
    padding: "same",
    groups: 1,
    layout: "channels-last",
  } as const;
  const vector = (role: string) => weight(role, [4], 0.5, 1.5);
  return buildGraph([[8, 8, 2]], (add, input) => {
    const kernel = weight("kernel", [3, 3, 2, 4]);
    const weights = { kernel, bias: vector("bias") };
    const conv = add({ kind: "conv", ...window, strides: [1, 1], weights }, input);
    const relu = { fn: "relu", negativeSlope: 0, maxValue: null, threshold: 0 } as const;
    const active = add({ kind: "activation", activation: relu, weights: {} }, conv);
    const names = ["gamma", "beta", "mean", "variance"] as const;
    const [gamma, beta, mean, variance] = names.map(vector);
    if (!gamma || !beta || !mean || !variance) throw new Error("no weights");
    const norm = add(
      {
        kind: "batchNorm",
        axis: 3,
        epsilon: 1e-3,
        momentum: 0.9,
        weights: { gamma, beta, mean, variance },
      },
      active,
    );
    const pool = { ...window, fn: "max", poolSize: [2, 2], strides: [2, 2] } as const;
    const pooled = add({ kind: "pool", ...pool, weights: {} }, norm);
    const dropped = add(DROPOUT, pooled);
    const global = { kind: "globalPool", fn: "average", layout: "channels-last" } as const;
    return add({ ...global, keepDims: false, masked: false, weights: {} }, dropped);
  });
}

describe.each(BACKENDS)("a pass that is recorded where it can be, on %s", (backend) => {
  beforeAll(async () => {
    await activateBackend(backend);
  });

  it.each(["as it is", "making values again"])("gives what its plan gives, %s", (way) => {
    const graph = model();
    const whole = planTraining(graph);
    const plan = way === "as it is" ? whole : planRecomputing(whole);
    const weights = new Map<string, tf.Tensor>();
    const output = outputOf(graph);
    const runner = passRunner();
    runner.start(plan, given(graph, weights, 1), startsAt(output)).dispose();
    const before = tf.memory().numTensors;
    for (const seed of [2, 3]) {
      const inputs = (): TrainingInputs => given(graph, weights, seed);
      const expected = numbersOf(startPass(plan, inputs()), output);
      const found = numbersOf(runner.start(plan, inputs(), startsAt(output)), output);
      expect([...found.keys()]).toEqual([...expected.keys()]);
      expect(found.size).toBeGreaterThan(whole.weights.length + 2);
      for (const [name, values] of expected) {
        const own = found.get(name) ?? [];
        for (const [i, value] of values.entries()) expect(own[i], name).toBeCloseTo(value, 5);
      }
    }
    // The four inputs of the test are left.
    expect(tf.memory().numTensors).toBe(before + 4);
    runner.dispose();
  });

  it("goes by the weights of the moment", () => {
    const graph = model();
    const plan = planTraining(graph);
    const weights = new Map<string, tf.Tensor>();
    const runner = passRunner();
    const start = (): TrainingPass =>
      runner.start(plan, given(graph, weights, 1), startsAt(outputOf(graph)));
    const first = start();
    const kernel = [...weights.keys()].find((id) => id.includes("kernel")) ?? "";
    const held = weights.get(kernel);
    if (held !== undefined) weights.set(kernel, tf.keep(tf.mul(held, 2)));
    const passes = [first, start(), startPass(plan, given(graph, weights, 1))];
    const [a, b, c] = passes.map(({ outputs }) => [...(outputs[0]?.dataSync() ?? [])]);
    expect(b).not.toEqual(a);
    for (const [i, value] of (c ?? []).entries()) expect(b?.[i]).toBeCloseTo(value, 5);
    for (const one of passes) one.dispose();
    runner.dispose();
  });

  it("goes back rightly after passes that never went back", () => {
    const graph = model();
    const plan = planTraining(graph);
    const weights = new Map<string, tf.Tensor>();
    const output = outputOf(graph);
    const runner = passRunner();
    const start = (seed: number): TrainingPass =>
      runner.start(plan, given(graph, weights, seed), startsAt(output));
    start(1).dispose();
    start(2).dispose();
    const lost = start(3);
    const expected = numbersOf(startPass(plan, given(graph, weights, 4)), output);
    const found = numbersOf(start(4), output);
    for (const [name, values] of expected) {
      const own = found.get(name) ?? [];
      for (const [i, value] of values.entries()) expect(own[i], name).toBeCloseTo(value, 5);
    }
    lost.dispose();
    runner.dispose();
  });

  it("goes there where nothing is trained and so nothing goes back", () => {
    const graph = buildGraph([[2]], (add, input) => add(DROPOUT, input));
    const runner = passRunner();
    const pass = runner.start(
      planTraining(graph),
      given(graph, new Map(), 1),
      startsAt(outputOf(graph)),
    );
    expect(pass.outputs.map(({ shape }) => shape.at(-1))).toEqual([2]);
    const output = tf.zerosLike(pass.outputs[0] ?? 0);
    expect(pass.backward([{ value: outputOf(graph), gradient: output }]).size).toBe(0);
    pass.dispose();
    runner.dispose();
  });

  it("is recorded by tfjs-node alone", () => {
    const graph = model();
    const inputs = given(graph, new Map(), 1);
    const recorded = recordPass(planTraining(graph), inputs, startsAt(outputOf(graph)));
    expect(recorded !== undefined).toBe(backend === "tensorflow");
    recorded?.dispose();
  });
});

function outputOf({ outputs: [output] }: Graph): string {
  return output?.value ?? "";
}

function startsAt(value: string): GradientStarts {
  return (shapes) => shapes.map((shape) => ({ value, shape }));
}

function given(graph: Graph, weights: Map<string, tf.Tensor>, seed: number): TrainingInputs {
  const wave = (count: number): Float32Array =>
    Float32Array.from({ length: count }, (_, i) => (Math.sin(seed * (i + 1)) + 1) / 2);
  const shapes = graph.inputs.map(({ value }) =>
    (graph.types.get(value)?.shape ?? []).map((size) => size ?? 3),
  );
  return {
    inputs: shapes.map((shape) => tf.tensor(wave(sizeOf(shape)), shape)),
    weightOf: (ref: WeightRef) => {
      const known = weights.get(ref.id);
      if (known !== undefined) return known;
      const made = tf.keep(tf.tensor(readFloat32(ref), [...ref.shape]));
      weights.set(ref.id, made);
      return made;
    },
    frozenNorm: "stored",
    noise: noiseNumbers(wave),
  };
}

/** All that a pass gives, by name; ends it. */
function numbersOf(pass: TrainingPass, output: string): ReadonlyMap<string, readonly number[]> {
  const [first] = pass.outputs;
  if (first === undefined) throw new Error("no output");
  const numbers = new Map<string, readonly number[]>([["output", [...first.dataSync()]]]);
  for (const { node, mean, variance } of pass.statistics) {
    numbers.set(`${node.id}/mean`, [...mean.dataSync()]);
    numbers.set(`${node.id}/variance`, [...variance.dataSync()]);
  }
  const gradient = tf.tensor(
    Float32Array.from({ length: first.size }, (_, i) => Math.cos(i)),
    first.shape,
  );
  for (const [id, one] of pass.backward([{ value: output, gradient }])) {
    numbers.set(id, [...one.dataSync()]);
    one.dispose();
  }
  pass.dispose();
  return numbers;
}
