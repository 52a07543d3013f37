import { memory } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { Graph, TrainingSetup } from "../../src/ir/graph.ts";
import type { WeightRef } from "../../src/ir/tensor.ts";
import { activityLoss } from "../../src/train/activity-losses.ts";
import type { Batch } from "../../src/train/batch.ts";
import { createTrainer, type Trainer } from "../../src/train/trainer.ts";
import { denseModel } from "../sources/keras/dense-model.ts";
import { activateBackend, BACKENDS } from "../targets/tfjs/backends.ts";

const INPUTS = [1, -1, 0.5, 2, -2, 0.25];
const TARGETS = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const training: TrainingSetup = {
  losses: ["mean_squared_error"],
  metrics: [],
  optimizer: { name: "sgd", config: { learning_rate: 0.5 } },
};
const L1L2 = { class_name: "L1L2", config: { l1: 0.03, l2: 0.2 } };

/** Sums over a batch up to Keras 3.13, else divided by its size: by Keras 2.2.4, tf.keras 2.15.1 and Keras 3.15.1. */
const RUNS = [
  [
    "2.2.4",
    [1.540732, 1.0679512, 1.2393825, 1.0338746],
    [-0.0170346, 0.0914069, -0.6171824, -0.6206101, 0.305115, -0.047943],
    0.409463,
  ],
  ...["2.15.0", "3.15.1"].map(
    (version) =>
      [
        version,
        [0.8366458, 0.6755648, 1.2178679, 0.4958885],
        [0.089136, 0.177471, -0.7392477, -0.7803783, 0.4990512, -0.0264099],
        0.3698466,
      ] as const,
  ),
] as const;

describe.each(BACKENDS)("a regularizer of outputs on %s", (backend) => {
  beforeAll(async () => {
    await activateBackend(backend);
  });

  it.each(RUNS)(
    "adds in %s what Keras adds to losses, gradients and what evaluate gives",
    async (version, ...run) => {
      const [losses, kernel, evaluated] = run;
      const graph = await modelOf(version);
      const before = memory().numTensors;
      const trainer = started(graph);
      const found = [(await trainer.test(batchOf(0, 3))).loss];
      for (const [first, end] of [
        [0, 2],
        [2, 3],
        [0, 3],
      ] as const) {
        found.push((await trainer.step(batchOf(first, end))).loss);
      }
      expectNear(found, losses);
      expectNear([...trainer.valuesOf(kernelOf(graph))], kernel);
      // Batches of two, of one sample.
      const [two, one] = [await trainer.test(batchOf(0, 2)), await trainer.test(batchOf(2, 3))];
      expectNear([(2 * two.loss + one.loss) / 3], [evaluated]);
      trainer.dispose();
      expect(memory().numTensors).toBe(before);
    },
  );
});

describe("what evaluate adds", () => {
  it("counts each batch by its size where sums are not divided", () => {
    const options = { version: "2.2.4", batchSize: 2 };
    expect(activityLoss([1, 2, 6], options)).toBe((2 * 3 + 1 * 6) / 3);
    expect(activityLoss([1, 2, 6], { ...options, version: "3.13.2" })).toBe(4);
  });

  it("is the mean over the samples elsewhere", () => {
    for (const version of ["2.2.4-tf", "2.15.0", "3.14.0"]) {
      expect(activityLoss([1, 2, 6], { version, batchSize: 2 })).toBe(3);
    }
  });
});

async function modelOf(version: string): Promise<Graph> {
  return (await denseModel({ activation: "tanh", activity_regularizer: L1L2 }, version)).graph;
}

function started(graph: Graph): Trainer {
  const trainer = createTrainer(graph, { training, random: () => (n) => new Float32Array(n) });
  const [kernel, bias] = trainer.weights.map(({ ref }) => ref);
  if (kernel === undefined || bias === undefined) throw new Error("weights are missing");
  trainer.setValues(kernel, Float32Array.of(0.5, -0.25, 0.125, -1, 0.75, 0.25));
  trainer.setValues(bias, Float32Array.of(0.1, 0, -0.1));
  return trainer;
}

function kernelOf({ nodes }: Graph): WeightRef {
  const op = nodes[0]?.op;
  if (op?.kind !== "dense") throw new Error("the model has no dense layer");
  return op.weights.kernel;
}

function batchOf(first: number, end: number): Batch {
  return {
    inputs: [
      { shape: [end - first, 2], data: Float32Array.from(INPUTS.slice(2 * first, 2 * end)) },
    ],
    target: Float32Array.from(TARGETS.slice(3 * first, 3 * end)),
  };
}

function expectNear(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  found.forEach((value, index) => {
    expect(Math.abs(value - (expected[index] ?? Number.NaN))).toBeLessThan(1e-5);
  });
}
