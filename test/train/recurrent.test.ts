import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/json.ts";
import { setWeights, weightsOf } from "../../src/train/weight-values.ts";
import { activateBackend, BACKENDS } from "../targets/tfjs/backends.ts";
import { recurrentBatch, recurrentRuns, startRun, sumsOf } from "./recurrent-runs.ts";

describe.each(BACKENDS)("training recurrent layers on %s", (backend) => {
  beforeAll(async () => {
    await activateBackend(backend);
  });

  describe.each(["keras", "tf", "keras-3"])("that drop as Keras does: %s", (file) => {
    const { version, cases } = recurrentRuns(file);

    it.each(cases.map((run) => [run.name, run] as const))("%s", async (_, run) => {
      const before = tf.memory().numTensors;
      const trainer = startRun(run, version);
      let batch = recurrentBatch(trainer.graph, 0);
      for (const [step, expected] of run.losses.entries()) {
        batch = recurrentBatch(trainer.graph, step);
        const { loss } = await trainer.step(batch);
        expect(Math.abs(loss - expected), `step ${step + 1}: ${loss} for ${expected}`).toBeLessThan(
          1e-5 * expected,
        );
      }
      // A prediction drops nothing.
      const { loss } = await trainer.test(batch);
      expect(Math.abs(loss - run.after)).toBeLessThan(1e-5 * run.after);
      for (const [index, sum] of sumsOf(trainer).entries()) {
        expect(Math.abs(sum - (run.weights[index] ?? Number.NaN)), `weight ${index}`).toBeLessThan(
          1e-5,
        );
      }
      trainer.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  describe.each(["keras", "tf", "keras-3"])("that keep their states as Keras does: %s", (file) => {
    const { version, cases, acts = [] } = recurrentRuns(`stateful-${file}`);

    it.each(cases.map((run) => [run.name, run] as const))("%s", async (_, run) => {
      const before = tf.memory().numTensors;
      let trainer = startRun(run, version);
      for (const [number, act] of acts.entries()) {
        const batch = recurrentBatch(trainer.graph, number);
        const expected = run.losses[number] ?? Number.NaN;
        if (act === "reset") trainer.resetStates();
        else {
          const { loss } = await (act === "step" ? trainer.step(batch) : trainer.test(batch));
          expect(Math.abs(loss - expected), `${number}: ${loss} for ${expected}`).toBeLessThan(
            1e-5 * expected,
          );
        }
        if (number === 1) {
          const next = startRun(run, version);
          setWeights(next, weightsOf(trainer));
          next.restoreHidden(trainer.saveHidden());
          trainer.dispose();
          trainer = next;
        }
      }
      for (const [index, sum] of sumsOf(trainer).entries()) {
        expect(Math.abs(sum - (run.weights[index] ?? Number.NaN)), `weight ${index}`).toBeLessThan(
          1e-5,
        );
      }
      trainer.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  it("refuses a batch of another size where states are kept", async () => {
    const { version, cases } = recurrentRuns("stateful-keras");
    const [run] = cases;
    if (run === undefined) throw new Error("The run is gone.");
    const trainer = startRun({ ...run, model: withFreeBatch(run.model) }, version);
    const { inputs, target } = recurrentBatch(trainer.graph, 0);
    await trainer.step({ inputs, target });
    const [{ shape, data }] = [inputs[0] ?? { shape: [], data: target }];
    const fewer = [{ shape: [2, ...shape.slice(1)], data: data.slice(0, data.length / 2) }];
    await expect(trainer.step({ inputs: fewer, target: target.slice(0, 4) })).rejects.toThrow(
      "The model keeps states of 4 samples from batch to batch, but a batch has 2.",
    );
    trainer.dispose();
  });
});

function withFreeBatch(model: JsonObject): JsonObject {
  return JSON.parse(
    JSON.stringify(model).replace('"batch_input_shape":[4,', '"batch_input_shape":[null,'),
  );
}
