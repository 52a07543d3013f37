import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { WeightRef } from "../../src/ir/tensor.ts";
import { restoreState } from "../../src/train/optimizers/state.ts";
import { createTrainer } from "../../src/train/trainer.ts";
import { activateBackend, BACKENDS } from "../targets/tfjs/backends.ts";
import { batchOf, runsOf, savedOf, startOf, weightsAfter } from "./runs.ts";

/** Where the numbers of conv1/bias:0 start. */
const BIAS_PLACE = 162;

describe.each(BACKENDS)("training on %s", (backend) => {
  beforeAll(async () => {
    await activateBackend(backend);
  });

  describe.each(["training", "training_tf215"] as const)("the runs of %s", (suite) => {
    it.each(runsOf(suite))("%s has Keras' losses and weights", (name, run) => {
      const graph = startOf(suite, name);
      const trainer = createTrainer(graph, (count) => new Float32Array(count));
      const before = tf.memory().numTensors;
      const losses = run.steps.map((_, step) => {
        if (run.fit?.lr_change === true && step === 3) {
          const { state } = trainer.optimizer;
          state.learningRate = Math.fround(state.learningRate / 3);
        }
        return trainer.step(batchOf(run, step)).loss;
      });
      expect(tf.memory().numTensors).toBe(before);
      losses.forEach((loss, step) => {
        const expected = run.steps[step]?.loss ?? Number.NaN;
        expect(
          Math.abs(loss - expected) / expected,
          `step ${step + 1}: ${loss} for ${expected}`,
        ).toBeLessThan(1e-5);
      });
      const expected = weightsAfter(suite, name);
      let place = 0;
      let ofBias = 0;
      for (const [role, ref] of graph.nodes.flatMap(({ op }) => weightsOf(op.weights))) {
        const values = trainer.valuesOf(ref);
        const worst = furthest(values, expected.subarray(place, place + values.length));
        // The bias before the batch normalisation has no gradient but what rounding leaves, which these optimizers blow up to
        // whole steps; it moves the mean and nothing else.
        if (role === "bias" && place === BIAS_PLACE && !name.startsWith("sgd")) ofBias = worst;
        else
          expect(worst, `${role} at ${place}`).toBeLessThan(2e-5 + (role === "mean" ? ofBias : 0));
        place += values.length;
      }
      expect(place).toBe(expected.length);
    });
  });
});

function weightsOf(
  weights: Readonly<Record<string, WeightRef | undefined>>,
): readonly (readonly [string, WeightRef])[] {
  return Object.entries(weights).flatMap(([role, ref]) =>
    ref === undefined ? [] : [[role, ref] as const],
  );
}

function furthest(found: Float32Array, expected: Float32Array): number {
  return found.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (expected[i] ?? Number.NaN))),
    0,
  );
}

describe("a run that was saved after three steps", () => {
  beforeAll(async () => {
    await activateBackend(BACKENDS[0] ?? "");
  });

  const runs = (["training", "training_tf215"] as const).flatMap((suite) =>
    runsOf(suite).flatMap(([name, run]) => {
      const saved = savedOf(suite, name);
      return saved === undefined ? [] : [[`${suite}/${name}`, run, saved] as const];
    }),
  );

  it.each(runs)("%s goes on as if it had not been interrupted", (name, run, saved) => {
    const { graph } = saved;
    const trainer = createTrainer(graph, (count) => new Float32Array(count));
    const weights = trainer.weights.map((one) => ({ name: one.name, shape: one.ref.shape }));
    restoreState(trainer.optimizer, saved.optimizer, { weights, version: graph.source.version });
    for (const step of [3, 4]) {
      const expected = run.steps[step]?.loss ?? Number.NaN;
      const { loss } = trainer.step(batchOf(run, step));
      expect(Math.abs(loss - expected) / expected, `${name}, step ${step + 1}`).toBeLessThan(1e-5);
    }
  });

  it("is kept for nineteen runs", () => {
    expect(runs).toHaveLength(19);
  });
});

it("refuses a model that was saved without a loss and an optimizer", () => {
  const { training: _, ...graph } = startOf("training", "sgd");
  expect(() => createTrainer(graph, (count) => new Float32Array(count))).toThrow(
    "The model was saved without a loss and an optimizer.",
  );
});
