import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { bytesSource, collectBytes } from "../../../src/formats/bytes.ts";
import {
  readScaledState,
  withinLossScale,
  withoutLossScale,
} from "../../../src/sources/keras/loss-scale.ts";
import { readOptimizerState } from "../../../src/sources/keras/optimizer-state.ts";
import { openTraced, type TracedModel } from "../../../src/sources/keras/traced-model.ts";
import { savedOptimizer, writeKeras } from "../../../src/targets/keras/index.ts";
import { createTrainer, type Trainer } from "../../../src/train/trainer.ts";
import { weightsOf } from "../../../src/train/weight-values.ts";
import { FIXTURES } from "../../cases.ts";
import { activateBackend, BACKENDS } from "../../targets/tfjs/backends.ts";

/** What Keras 3 saved of a LossScaleOptimizer around Adam after three steps. */
const FILE = gunzipSync(readFileSync(join(FIXTURES, "optimizers/loss_scale.keras.gz")));

function opened(bytes: Uint8Array, name = "model.keras"): TracedModel {
  return openTraced(bytesSource(bytes, name), {});
}

/** The batch of `fixtures/generators/loss_scale.py`. */
const BATCH = {
  inputs: [{ shape: [4, 3], data: Float32Array.from({ length: 12 }, (_, i) => i / 8) }],
  target: Float32Array.from({ length: 8 }, (_, i) => i / 4),
};

function trainerOf(traced: TracedModel): Trainer {
  const { graph } = traced.trace;
  if (graph === undefined) throw new Error("The model has no graph.");
  const trainer = createTrainer(graph, { random: () => (count) => new Float32Array(count) });
  const saved = savedOptimizer(
    traced,
    trainer.weights.map(({ ref }) => ref),
  );
  if (saved === undefined || typeof saved === "string") throw new Error(`No state: ${saved}`);
  trainer.restoreState(saved, graph.source.version);
  return trainer;
}

function written(traced: TracedModel, trainer: Trainer, container: ".keras" | ".h5"): Uint8Array {
  const trained = {
    values: weightsOf(trainer),
    optimizer: trainer.saveState("3.15.1"),
    weights: trainer.weights.map(({ ref }) => ref),
    learningRate: 0.25,
  };
  return collectBytes(writeKeras(traced, { container, trained }).file);
}

beforeAll(() => activateBackend(BACKENDS[0] ?? ""));

describe("an optimizer within a LossScaleOptimizer", () => {
  it("goes on as in Keras", async () => {
    const trainer = trainerOf(opened(FILE));
    const losses = [await trainer.step(BATCH), await trainer.step(BATCH)].map(({ loss }) => loss);
    // Printed by fixtures/generators/loss_scale.py.
    expect(losses[0]).toBeCloseTo(1.500899314880371, 6);
    expect(losses[1]).toBeCloseTo(0.9074023962020874, 6);
  });

  it.each([".keras", ".h5"] as const)(
    "comes back with the scale in a %s file",
    async (container) => {
      const before = opened(FILE);
      const trainer = trainerOf(before);
      await trainer.step(BATCH);
      const after = opened(written(before, trainer, container), `model${container}`);
      const [own, other] = [before, after].map(({ archive }) => readScaledState(archive.optimizer));
      const numbers = (state: typeof own): readonly number[] =>
        (state?.around ?? []).map(({ dataset }) => {
          const values = new Float64Array(1);
          dataset.readInto(values, 0);
          return values[0] ?? Number.NaN;
        });
      expect(numbers(own)).toEqual([0, 0, 3, 32768]);
      expect(numbers(other)).toEqual([0, 0, 3, 32768]);
      expect(readOptimizerState(after.archive.optimizer)).toHaveLength(10);
      const [once, again] = [await trainer.step(BATCH), await trainerOf(after).step(BATCH)];
      expect(again.loss).toBeCloseTo(once.loss, 6);
      const { training = {} } = after.archive;
      expect(JSON.stringify(training)).toContain('"LossScaleOptimizer"');
      expect(JSON.stringify(training)).toContain('"learning_rate":0.25');
    },
  );

  it("leaves the scale out where another optimizer is stated", async () => {
    const before = opened(FILE);
    const trainer = trainerOf(before);
    const { training } = trainer.graph;
    if (training === undefined) throw new Error("Nothing says how it is trained.");
    const trained = {
      values: weightsOf(trainer),
      optimizer: trainer.saveState("3.15.1"),
      weights: trainer.weights.map(({ ref }) => ref),
      setup: training,
    };
    const { file } = writeKeras(before, { container: ".keras", trained });
    const after = opened(collectBytes(file));
    expect(readScaledState(after.archive.optimizer)).toBeUndefined();
    expect(readOptimizerState(after.archive.optimizer)).toHaveLength(6);
  });
});

describe("the config of an optimizer", () => {
  const adam = { class_name: "Adam", config: { learning_rate: 0.5 } };
  const scaled = {
    class_name: "Custom>LossScaleOptimizerV3",
    config: { inner_optimizer: adam, dynamic: true },
  };

  it("is that within a LossScaleOptimizer, whichever", () => {
    expect([scaled, adam, "adam", null].map(withoutLossScale)).toEqual([adam, adam, "adam", null]);
  });

  it("is changed within, and stays the same object where nothing changes", () => {
    const sgd = { class_name: "SGD" };
    expect(withinLossScale(scaled, () => sgd)).toEqual({
      ...scaled,
      config: { ...scaled.config, inner_optimizer: sgd },
    });
    expect(withinLossScale(scaled, (inner) => inner)).toBe(scaled);
    expect(withinLossScale(adam, () => sgd)).toBe(sgd);
  });

  it("without an optimizer within is nobody's", () => {
    const empty = { class_name: "LossScaleOptimizer", config: {} };
    expect(withoutLossScale(empty)).toBe(empty);
  });
});
