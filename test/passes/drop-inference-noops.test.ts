import { expect, test } from "vitest";
import { dropInferenceNoops } from "../../src/passes/drop-inference-noops.ts";
import { buildGraph } from "../targets/coreml-nn/build-graph.ts";

const tanh = { kind: "activation", activation: { fn: "tanh" }, weights: {} } as const;
const dropout = { kind: "noise", fn: "dropout", rate: 0.5, weights: {} } as const;

test("takes dropout out and keeps what is around it", () => {
  const graph = buildGraph([[4]], (add, x) => add(tanh, add(dropout, add(tanh, x))));
  const lean = dropInferenceNoops(graph);
  expect(lean.nodes.map(({ id }) => id)).toEqual(["activation_1", "activation_2"]);
  expect(lean.nodes[1]?.inputs).toEqual(["activation_1"]);
});

test("gives an output that was a dropout the value before it", () => {
  const graph = buildGraph([[4]], (add, x) => add(dropout, add(tanh, x)));
  expect(dropInferenceNoops(graph).outputs).toEqual([{ name: "out_1", value: "activation_1" }]);
});

test("takes out what no output needs, such as a mask that nothing reads", () => {
  const graph = buildGraph([[4, 2]], (add, x) => {
    add({ kind: "notEqualMask", value: 0, reduceLast: true, weights: {} }, x);
    return add(tanh, x);
  });
  expect(dropInferenceNoops(graph).nodes.map(({ id }) => id)).toEqual(["activation_1"]);
});

test("gives a graph without them back as it is", () => {
  const graph = buildGraph([[4]], (add, x) => add(tanh, x));
  expect(dropInferenceNoops(graph)).toBe(graph);
});
