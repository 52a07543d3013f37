import { expect, test } from "vitest";
import type { Op } from "../../src/ir/ops/index.ts";
import { fixInputShapes } from "../../src/passes/fix-input-shapes.ts";
import { buildGraph } from "../targets/coreml-nn/build-graph.ts";

const POOL: Op = {
  kind: "pool",
  fn: "max",
  poolSize: [2, 2],
  strides: [2, 2],
  padding: "valid",
  layout: "channels-last",
  weights: {},
};

test("knows all sizes that follow from those of the inputs", () => {
  const graph = buildGraph([[null, null, 3]], (add, x) => add(POOL, x));
  const fixed = fixInputShapes(graph, new Map([["in_1", [8, 6, 3]]]));
  expect(fixed.types.get("pool_1")?.shape).toEqual([null, 4, 3, 3]);
  expect(graph.types.get("pool_1")?.shape).toEqual([null, null, null, 3]);
});

test("leaves inputs alone that are not named", () => {
  const graph = buildGraph([[null, 4, 3]], (add, x) => add(POOL, x));
  expect(fixInputShapes(graph, new Map())).toEqual(graph);
});
