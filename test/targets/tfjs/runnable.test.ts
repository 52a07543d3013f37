import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, expect, test } from "vitest";
import type { Graph } from "../../../src/ir/graph.ts";
import type { Op } from "../../../src/ir/ops/index.ts";
import { buildTfjs } from "../../../src/targets/tfjs/index.ts";
import { buildGraph, weight } from "../coreml-nn/build-graph.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const CONV: Op = {
  kind: "conv",
  strides: [2, 2],
  dilations: [1, 1],
  padding: "same",
  groups: 1,
  layout: "channels-last",
  weights: { kernel: weight("kernel", [3, 3, 3, 4]), bias: weight("bias", [4]) },
};
const POOL: Op = {
  kind: "globalPool",
  fn: "average",
  keepDims: false,
  layout: "channels-last",
  masked: false,
  weights: {},
};
const TANH: Op = { kind: "activation", activation: { fn: "tanh" }, weights: {} };

/** A picture of any size to four numbers. */
function anySize(): Graph {
  return buildGraph([[null, null, 3]], (add, x) => add(POOL, add(TANH, add(CONV, x))));
}

function picture(batch: number, size: number) {
  const shape = [batch, size, size, 3];
  const data = Float32Array.from({ length: batch * size * size * 3 }, (_, i) => Math.sin(i));
  return new Map([["in_1", { shape, data }]]);
}

test("batches and pictures of any size run, and no tensor stays behind", () => {
  const runnable = buildTfjs(anySize());
  const before = tf.memory().numTensors;
  const shapes = [1, 5, 2, 1].flatMap((batch) =>
    [8, 13].map((size) => runnable.predict(picture(batch, size))[0]?.shape),
  );
  expect(shapes).toEqual([1, 1, 5, 5, 2, 2, 1, 1].map((batch) => [batch, 4]));
  expect(tf.memory().numTensors).toBe(before);
  runnable.dispose();
});

test("a sample gives the same alone and in a batch", () => {
  const runnable = buildTfjs(anySize());
  const batch = runnable.predict(picture(3, 8))[0]?.data.subarray(0, 4);
  const alone = runnable.predict(picture(1, 8))[0]?.data;
  expect([...(batch ?? [])]).toEqual([...(alone ?? [])]);
  runnable.dispose();
});

test("weights outlive a tidy scope around the building, until they are disposed", () => {
  const before = tf.memory().numTensors;
  const runnables = [anySize()].map((graph) => {
    tf.engine().startScope();
    const runnable = buildTfjs(graph);
    tf.engine().endScope();
    return runnable;
  });
  for (const runnable of runnables) {
    expect(runnable.predict(picture(1, 8))).toHaveLength(1);
    runnable.dispose();
    expect(() => runnable.predict(picture(1, 8))).toThrow("The model was disposed.");
  }
  expect(tf.memory().numTensors).toBe(before);
});

test("inputs that are missing or of another shape are refused", () => {
  const runnable = buildTfjs(anySize());
  const wrong = { shape: [1, 8, 8, 1], data: new Float32Array(64) };
  const short = { shape: [1, 8, 8, 3], data: new Float32Array(64) };
  expect(() => runnable.predict(new Map())).toThrow('Input "in_1" is missing.');
  expect(() => runnable.predict(new Map([["in_1", wrong]]))).toThrow(
    'Input "in_1" has shape (1, 8, 8, 1), expected (null, null, null, 3).',
  );
  expect(() => runnable.predict(new Map([["in_1", short]]))).toThrow(
    'Input "in_1" of (1, 8, 8, 3) has 64 numbers.',
  );
  runnable.dispose();
});

test("a layer that is not known is refused by name, before any weight is read", () => {
  const custom: Op = {
    kind: "custom",
    className: "Mystery",
    outputShape: [null, 4],
    parameters: {},
    description: "",
    weights: {},
  };
  const graph = buildGraph([[4]], (add, x) => add(custom, x));
  expect(() => buildTfjs(graph)).toThrow("what it computes is not known here.");
});
