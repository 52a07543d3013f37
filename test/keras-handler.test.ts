import "@tensorflow/tfjs-backend-cpu";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadGraphModel } from "@tensorflow/tfjs-converter";
import * as tf from "@tensorflow/tfjs-core";
import { loadLayersModel } from "@tensorflow/tfjs-layers";
import { beforeAll, expect, test } from "vitest";
import { bytesSource } from "../src/formats/bytes.ts";
import { kerasArtifacts } from "../src/keras-handler.ts";
import { kerasFile } from "../src/node.ts";
import { caseDifferences } from "./case-numbers.ts";
import { openCase } from "./cases.ts";
import { readableCases } from "./targets/tfjs/case-runs.ts";
import { caseTensors, namedArrays } from "./targets/tfjs-model/case-tensors.ts";

const CASE = openCase("generations/k3151");
const FILE = join(CASE.folder, "model.keras");

beforeAll(async () => {
  await tf.setBackend("cpu");
});

function inputs(): tf.Tensor[] {
  const found = readableCases(["generations"]).find(({ testCase }) => testCase.id === CASE.id);
  if (found === undefined) throw new Error("the case is gone");
  return caseTensors(found.graph(), CASE);
}

function differencesOf(result: unknown): readonly string[] {
  if (!(result instanceof tf.Tensor)) throw new Error("one output is expected");
  return caseDifferences(namedArrays([result]), CASE);
}

test("tf.loadLayersModel loads a Keras file", async () => {
  const model = await loadLayersModel(kerasFile(FILE));
  expect(differencesOf(model.predict(inputs()))).toEqual([]);
});

test("tf.loadGraphModel loads a Keras file", async () => {
  const model = await loadGraphModel(kerasFile(FILE, { to: "graph" }));
  expect(differencesOf(model.predict(inputs()))).toEqual([]);
});

test("bytes in memory do as well, with weights in fewer bytes", async () => {
  const handler = kerasArtifacts(bytesSource(readFileSync(FILE), "model.keras"), {
    quantize: "float16",
  });
  const model = await loadLayersModel(handler);
  expect(model.layers.length).toBeGreaterThan(3);
});

test("a file that is no model is refused while tfjs loads", async () => {
  const handler = kerasFile(join(CASE.folder, "case.json"));
  await expect(loadLayersModel(handler)).rejects.toMatchObject({ name: "KcError" });
});
