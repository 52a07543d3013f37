import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { buildTfjs } from "../../../src/targets/tfjs/index.ts";
import { buildGraph, weight } from "../coreml-nn/build-graph.ts";
import { ACTIVATIONS, KERNELS, OPS, UNARY } from "../sample-ops.ts";
import { expectReference } from "./against-reference.ts";
import { activateBackend, BACKENDS } from "./backends.ts";

describe.each(BACKENDS)("%s", (backend) => {
  beforeAll(async () => {
    await activateBackend(backend);
  });

  test.each(Object.entries(OPS))("computes %s", (_, [op, ...shapes]) => {
    expectReference(buildGraph(shapes, (add, ...inputs) => add(op, ...inputs)));
  });

  test.each(ACTIVATIONS)("computes %o", (activation) => {
    const op = { kind: "activation", activation, weights: {} } as const;
    expectReference(buildGraph([[5, 6]], (add, x) => add(op, x)));
  });

  test.each(UNARY)("computes %s", (fn) => {
    const op = { kind: "unary", fn, exponent: 2, min: -0.5, weights: {} } as const;
    expectReference(buildGraph([[5, 6]], (add, x) => add(op, x)));
  });

  describe.each(["half-pixel", "asymmetric"] as const)("resizing at %s places", (coordinates) => {
    test.each(KERNELS)("by %s", (interpolation) => {
      const common = { kind: "resize", interpolation, coordinates, weights: {} } as const;
      const smaller = { ...common, size: [4, 9], layout: "channels-first" } as const;
      const larger = { ...common, factors: [3], layout: "channels-last" } as const;
      expectReference(buildGraph([[2, 7, 5]], (add, x) => add(smaller, x)));
      expectReference(buildGraph([[5, 2]], (add, x) => add(larger, x)));
    });
  });
});

test("an index beyond the end of an embedding is refused, naming the layer", () => {
  const embeddings = weight("embeddings", [3, 2]);
  const graph = buildGraph([[1]], (add, x) =>
    add({ kind: "embedding", weights: { embeddings } }, x),
  );
  const runnable = buildTfjs(graph);
  const before = tf.memory().numTensors;
  const input = { shape: [1, 1], data: Float32Array.of(3) };
  expect(() => runnable.predict(new Map([["in_1", input]]))).toThrow(
    'Layer "embedding_1" (embedding): this input cannot be computed:',
  );
  expect(tf.memory().numTensors).toBe(before);
  runnable.dispose();
});
