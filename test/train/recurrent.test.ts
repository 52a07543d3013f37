import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
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
});
