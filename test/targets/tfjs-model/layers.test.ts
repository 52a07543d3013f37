import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { loadLayersModel } from "@tensorflow/tfjs-layers";
import { expect, test } from "vitest";
import type { Graph } from "../../../src/ir/graph.ts";
import { writeTfjsLayers } from "../../../src/targets/tfjs-model/index.ts";
import { caseDifferences } from "../../case-numbers.ts";
import type { Case } from "../../cases.ts";
import { readableCases } from "../tfjs/case-runs.ts";
import { caseTensors, namedArrays } from "./case-tensors.ts";
import { firstRefusal } from "./first-refusal.ts";
import { REFUSED_AS_LAYERS } from "./refused-as-layers.ts";

/** Plain JavaScript takes tens of seconds for these. */
const SLOW_ON_CPU = /^snacks\//;

for (const { testCase, graph } of readableCases(["micro", "generations", "layers", "snacks"])) {
  const refusal = REFUSED_AS_LAYERS.get(testCase.id);
  if (refusal === undefined) {
    test(`${testCase.id} gives what Keras gave when tf.loadLayersModel has loaded it`, async () => {
      await tf.setBackend(SLOW_ON_CPU.test(testCase.id) ? "wasm" : "cpu");
      expect(await differences(graph(), testCase)).toEqual([]);
    });
  } else {
    test(`${testCase.id} is refused by name`, () => {
      expect(firstRefusal(() => writeTfjsLayers(graph()))).toBe(refusal);
    });
  }
}

async function differences(graph: Graph, testCase: Case): Promise<readonly string[]> {
  const model = await loadLayersModel(tf.io.fromMemory(writeTfjsLayers(graph).artifacts()));
  const inputs = caseTensors(graph, testCase);
  const [first] = inputs;
  const result = model.predict(inputs, { batchSize: first?.shape[0] ?? 1 });
  const results = namedArrays(Array.isArray(result) ? result : [result]);
  model.dispose();
  return caseDifferences(results, testCase);
}
