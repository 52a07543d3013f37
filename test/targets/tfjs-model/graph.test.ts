import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import { loadGraphModel } from "@tensorflow/tfjs-converter";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import type { Graph } from "../../../src/ir/graph.ts";
import { writeTfjsGraph } from "../../../src/targets/tfjs-model/write-graph.ts";
import { caseDifferences } from "../../case-numbers.ts";
import type { Case } from "../../cases.ts";
import { readableCases } from "../tfjs/case-runs.ts";
import { caseTensors, namedArrays } from "./case-tensors.ts";
import { firstRefusal } from "./first-refusal.ts";
import { REFUSED_AS_GRAPH } from "./refused-as-graph.ts";

/** Plain JavaScript takes tens of seconds for these. */
const SLOW_ON_CPU = /^snacks\//;

for (const { testCase, graph } of readableCases(["micro", "generations", "layers", "snacks"])) {
  const refusal = REFUSED_AS_GRAPH.get(testCase.id);
  if (refusal === undefined) {
    test(`${testCase.id} gives what Keras gave when tf.loadGraphModel has loaded it`, async () => {
      await tf.setBackend(SLOW_ON_CPU.test(testCase.id) ? "wasm" : "cpu");
      expect(await differences(graph(), testCase)).toEqual([]);
    });
  } else {
    test(`${testCase.id} is refused by name`, () => {
      expect(firstRefusal(() => writeTfjsGraph(graph()))).toBe(refusal);
    });
  }
}

async function differences(graph: Graph, testCase: Case): Promise<readonly string[]> {
  const before = tf.getBackend();
  const written = writeTfjsGraph(graph);
  expect(tf.getBackend()).toBe(before);
  const model = await loadGraphModel(tf.io.fromMemory(written.artifacts()));
  const inputs = caseTensors(graph, testCase).map((tensor) => tf.cast(tensor, "float32"));
  const result = model.predict(inputs);
  if (!Array.isArray(result) && !(result instanceof tf.Tensor)) throw new Error("named outputs");
  const results = namedArrays(Array.isArray(result) ? result : [result]);
  model.dispose();
  return caseDifferences(results, testCase);
}
