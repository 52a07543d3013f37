import { expect, test } from "vitest";
import { hashOfGraph } from "../../src/cli/graph-hash.ts";
import type { Graph } from "../../src/ir/graph.ts";
import { buildGraph, weight } from "../targets/coreml-nn/build-graph.ts";

test("is the same whatever the model and its arrays are called in a file", () => {
  const hash = hashOfGraph(denseGraph("kernel"));
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  const renamed = { ...denseGraph("kernel"), name: "other" };
  const [node] = renamed.nodes;
  if (node?.op.kind !== "dense") throw new Error("no dense layer");
  const kernel = { ...node.op.weights.kernel, id: "elsewhere" };
  const nodes = [{ ...node, op: { ...node.op, weights: { kernel } } }];
  expect(hashOfGraph({ ...renamed, nodes })).toBe(hash);
});

test("is another one for other numbers, and for another op over the same", () => {
  const hash = hashOfGraph(denseGraph("kernel"));
  expect(hashOfGraph(denseGraph("other"))).not.toBe(hash);
  const followed = buildGraph([[3]], (add, x) =>
    add({ kind: "activation", activation: { fn: "tanh" }, weights: {} }, add(dense("kernel"), x)),
  );
  expect(hashOfGraph(followed)).not.toBe(hash);
});

function denseGraph(id: string): Graph {
  return buildGraph([[3]], (add, x) => add(dense(id), x));
}

function dense(id: string) {
  return { kind: "dense", weights: { kernel: weight(id, [3, 2]) } } as const;
}
