import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { buildTfjs } from "../../../src/targets/tfjs/index.ts";
import { caseDifferences, caseInputs } from "../../case-numbers.ts";
import { activateBackend, BACKENDS } from "./backends.ts";
import { readableCases } from "./case-runs.ts";

const CASES = readableCases(["micro", "generations", "layers", "snacks"]);

/** Plain JavaScript takes many seconds for it; it gives the same. */
const SLOW_ON_CPU = /squeezenet/;

for (const backend of BACKENDS) {
  describe(backend, () => {
    beforeAll(async () => {
      await activateBackend(backend);
    });

    for (const { testCase, graph } of CASES) {
      if (backend === "cpu" && SLOW_ON_CPU.test(testCase.id)) continue;
      test(`${testCase.id} gives what Keras gave and leaves no tensor behind`, () => {
        const before = tf.memory().numTensors;
        const runnable = buildTfjs(graph());
        const weights = tf.memory().numTensors;
        const results = runnable.predict(caseInputs(runnable.inputs, testCase));
        expect(caseDifferences(results, testCase)).toEqual([]);
        expect(tf.memory().numTensors).toBe(weights);
        runnable.dispose();
        expect(tf.memory().numTensors).toBe(before);
      });
    }
  });
}
