import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { loadLayersModel } from "@tensorflow/tfjs-layers";
import { beforeAll, expect, test } from "vitest";
import type { Graph } from "../../../src/ir/graph.ts";
import type { Op } from "../../../src/ir/ops/index.ts";
import { writeTfjsLayers } from "../../../src/targets/tfjs-model/index.ts";
import { evaluate } from "../../../src/verify/graph/evaluate.ts";
import { buildGraph, weight } from "../coreml-nn/build-graph.ts";
import { activateBackend } from "../tfjs/backends.ts";

const SKIPPING: Op = {
  kind: "conv",
  strides: [4, 3],
  dilations: [1, 1],
  padding: "same",
  groups: 1,
  layout: "channels-last",
  weights: { kernel: weight("kernel", [2, 3, 2, 3]) },
};

beforeAll(async () => {
  await activateBackend("wasm");
});

test("a convolution whose stride leaves elements out is right on wasm too", async () => {
  await expectRight(
    [8, 7, 2],
    buildGraph([[8, 7, 2]], (add, x) => add(SKIPPING, x)),
  );
});

test("a vector that is flattened stays a vector", async () => {
  const flatten = { kind: "reshape", shape: [3], weights: {} } as const;
  await expectRight(
    [3],
    buildGraph([[3]], (add, x) => add(flatten, x)),
  );
});

async function expectRight(shape: readonly number[], graph: Graph): Promise<void> {
  const whole = [2, ...shape];
  const data = Float32Array.from({ length: whole.reduce((a, b) => a * b) }, (_, i) => Math.sin(i));
  const exact = { shape: whole, data: Float64Array.from(data) };
  const [right] = evaluate(graph, new Map([["in_1", exact]]));
  const model = await loadLayersModel(tf.io.fromMemory(writeTfjsLayers(graph).artifacts()));
  const result = model.predict(tf.tensor(data, whole));
  if (!(result instanceof tf.Tensor)) throw new Error("one output is expected");
  expect(result.shape).toEqual(right?.shape);
  [...result.dataSync()].forEach((x, i) => {
    expect(x).toBeCloseTo(right?.data[i] ?? Number.NaN, 5);
  });
}
