import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { Graph, ValueId } from "../../../../src/ir/graph.ts";
import { readFloat32, sizeOf } from "../../../../src/ir/tensor.ts";
import { memoryOfStep } from "../../../../src/targets/tfjs/training/memory.ts";
import { planRecomputing } from "../../../../src/targets/tfjs/training/recompute.ts";
import { startPass } from "../../../../src/targets/tfjs/training/run-training.ts";
import {
  planTraining,
  type TrainingPlan,
} from "../../../../src/targets/tfjs/training/training-plan.ts";
import { type Add, buildGraph, weight } from "../../coreml-nn/build-graph.ts";
import { activateBackend, BACKENDS } from "../backends.ts";

let count = 0;

/** A convolution of 3 x 3 with a normalisation behind it. */
function normed(add: Add, from: ValueId, [inputs, outputs]: readonly [number, number]): ValueId {
  return norm(add, conv(add, from, [inputs, outputs]), outputs);
}

function conv(add: Add, from: ValueId, [inputs, outputs]: readonly [number, number]): ValueId {
  const kernel = weight(`kernel${count++}`, [3, 3, inputs, outputs]);
  const window = { strides: [1, 1], dilations: [1, 1], padding: "same", groups: 1 } as const;
  return add({ kind: "conv", ...window, layout: "channels-last", weights: { kernel } }, from);
}

function norm(add: Add, from: ValueId, channels: number): ValueId {
  const vector = (role: string, low: number, high: number) =>
    weight(`${role}${count++}`, [channels], low, high);
  const weights = {
    gamma: vector("gamma", 0.5, 1.5),
    beta: vector("beta", -0.5, 0.5),
    mean: vector("mean", -0.5, 0.5),
    variance: vector("variance", 0.5, 1.5),
  };
  return add({ kind: "batchNorm", axis: 3, epsilon: 1e-3, momentum: 0.9, weights }, from);
}

function relu(add: Add, from: ValueId, maxValue: number | null = null): ValueId {
  const activation = { fn: "relu", negativeSlope: 0, maxValue, threshold: 0 } as const;
  return add({ kind: "activation", activation, weights: {} }, from);
}

function joined(add: Add, ...from: readonly ValueId[]): ValueId {
  return add({ kind: "concat", axis: 3, weights: {} }, ...from);
}

const PAD = {
  kind: "pad",
  amounts: [
    [0, 0],
    [1, 1],
    [1, 0],
    [0, 0],
  ],
  mode: "constant",
  value: 0,
  weights: {},
} as const;

/** As in MobileNet, SqueezeNet, ResNet and DenseNet. */
const MODELS: Readonly<Record<string, (add: Add, input: ValueId) => ValueId>> = {
  "rectified normalisations and borders": (add, input) => {
    const first = relu(add, normed(add, input, [2, 4]), 6);
    return conv(add, relu(add, normed(add, add(PAD, first), [4, 4]), 6), [4, 3]);
  },
  "a join of two": (add, input) => {
    const squeezed = relu(add, conv(add, input, [2, 3]));
    const [left, right] = [1, 2].map(() => relu(add, conv(add, squeezed, [3, 2])));
    return conv(add, joined(add, left ?? "", right ?? ""), [4, 3]);
  },
  "a sum beside": (add, input) => {
    const first = relu(add, normed(add, input, [2, 4]));
    const second = normed(add, relu(add, normed(add, first, [4, 4])), [4, 4]);
    const sum = relu(add, add({ kind: "merge", fn: "add", weights: {} }, second, first));
    return conv(add, sum, [4, 2]);
  },
  "sums of sums": (add, input) =>
    [1, 2, 3].reduce(
      (before) => {
        const inner = relu(add, normed(add, before, [4, 4]));
        const sum = { kind: "merge", fn: "add", weights: {} } as const;
        return relu(add, add(sum, normed(add, inner, [4, 4]), before));
      },
      relu(add, normed(add, input, [2, 4])),
    ),
  "normalisations that a convolution reads": (add, input) => {
    const linear = normed(add, relu(add, normed(add, input, [2, 3]), 6), [3, 3]);
    return conv(add, linear, [3, 2]);
  },
  "joins of joins": (add, input) =>
    [1, 2, 3].reduce(
      (before, step) => {
        const channels = 2 * step;
        const grown = conv(add, relu(add, norm(add, before, channels)), [channels, 2]);
        return joined(add, before, grown);
      },
      conv(add, input, [2, 2]),
    ),
};

describe.each(BACKENDS)("a plan that makes values again on %s", (backend) => {
  beforeAll(async () => {
    await activateBackend(backend);
  });

  it.each(Object.entries(MODELS))(
    "has the gradients of the one that keeps them: %s",
    (...given) => {
      const [, model] = given;
      const graph = buildGraph([[5, 6, 2]], model);
      const whole = planTraining(graph);
      const lean = planRecomputing(whole);
      expect(lean.steps.some(({ back }) => (back?.again.length ?? 0) > 0)).toBe(true);
      const before = tf.memory().numTensors;
      const [expected, found] = [gradientsOf(whole), gradientsOf(lean)];
      expect(tf.memory().numTensors).toBe(before);
      expect(found.kept).toBeLessThan(expected.kept);
      expect(found.gradients.size).toBe(whole.weights.length);
      for (const [id, values] of expected.gradients) {
        const own = found.gradients.get(id) ?? [];
        for (const [i, value] of values.entries()) expect(own[i], id).toBeCloseTo(value, 4);
      }
    },
  );

  it("makes no more again than a share of what is kept", () => {
    const plan = planTraining(
      buildGraph([[8, 8, 4]], (add, input) => {
        let value = input;
        for (let i = 0; i < 6; i++) value = relu(add, normed(add, value, [4, 4]));
        return value;
      }),
    );
    const countOf = (share: number): number =>
      planRecomputing(plan, "all", share).steps.reduce(
        (sum, { back }) => sum + (back?.again.length ?? 0),
        0,
      );
    // Of each layer two results are kept, of which one can be made again; that of the last is wanted.
    expect([0, 0.25, 1].map(countOf)).toEqual([0, 3, 5]);
  });

  it.each(Object.entries(MODELS))("keeps as much less as is estimated: %s", (...given) => {
    const [, model] = given;
    const plan = planTraining(buildGraph([[5, 6, 2]], model));
    const plans = [plan, planRecomputing(plan)];
    const size = { samples: 4, slots: 2 };
    const [estimated, kept] = [
      plans.map((one) => memoryOfStep(one, size).kept),
      plans.map((one) => gradientsOf(one).kept),
    ].map(([whole = 0, lean = 0]) => whole - lean);
    expect(estimated).toBeGreaterThan(0);
    expect(estimated).toBe(kept);
  });
});

/** All gradients, and the bytes that were there before the way back. */
function gradientsOf(plan: TrainingPlan): {
  readonly gradients: ReadonlyMap<string, readonly number[]>;
  readonly kept: number;
} {
  const weights = new Map<string, tf.Tensor>();
  const inputs = inputsOf(plan.graph);
  const pass = startPass(plan, {
    inputs,
    weightOf: (ref) => {
      const known = weights.get(ref.id) ?? tf.keep(tf.tensor(readFloat32(ref), [...ref.shape]));
      weights.set(ref.id, known);
      return known;
    },
    noise: () => [],
    frozenNorm: "stored",
  });
  const kept = tf.memory().numBytes;
  const start = pass.outputs.map((output, index) => {
    const gradient = tf.tidy(() => tf.sin(tf.mul(output, 3)));
    return { value: plan.graph.outputs[index]?.value ?? "", gradient };
  });
  const found = pass.backward(start);
  const gradients = new Map([...found].map(([id, one]) => [id, Array.from(one.dataSync())]));
  pass.dispose();
  for (const one of [...inputs, ...weights.values(), ...found.values()]) one.dispose();
  return { gradients, kept };
}

function inputsOf({ inputs, types }: Graph): tf.Tensor[] {
  return inputs.map(({ value }) => {
    const [, ...shape] = types.get(value)?.shape ?? [];
    const whole = [4, ...shape.map((size) => size ?? 1)];
    const data = Float32Array.from({ length: sizeOf(whole) }, (_, i) => Math.sin(i * 1.3));
    return tf.tensor(data, whole);
  });
}
