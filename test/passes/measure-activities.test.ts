import { expect, it } from "vitest";
import type { Graph } from "../../src/ir/graph.ts";
import { measureActivities, withSums } from "../../src/passes/measure-activities.ts";
import { splitFrozen } from "../../src/passes/split-frozen.ts";
import { evaluate } from "../../src/verify/graph/evaluate.ts";
import { buildGraph, weight } from "../targets/coreml-nn/build-graph.ts";

/** Two samples of two steps of two numbers. */
const INPUT = { shape: [2, 2, 2], data: Float64Array.of(1, -2, 3, 0, -1, 1, 2, -4) };

const plain = buildGraph([[2, 2]], (add, x) => add({ kind: "unary", fn: "neg", weights: {} }, x));

function withPenalties(
  graph: Graph,
  ...penalties: readonly { readonly l1: number; readonly l2: number; readonly steps: number }[]
): Graph {
  const [port] = graph.outputs;
  const layer = graph.nodes[0]?.origin.layer ?? "";
  const activities = penalties.map((one) => ({ ...one, layer, value: port?.value ?? "" }));
  return { ...graph, penalties: { weights: [], activities, others: [] } };
}

function sumsOf(graph: Graph): readonly (readonly number[])[] {
  const [input] = graph.inputs;
  const given = new Map([[input?.name ?? "", INPUT]]);
  const [, ...sums] = evaluate(withSums(measureActivities(graph)), given);
  return sums.map(({ data }) => [...data]);
}

it("sums absolute values and squares for each sample, each times its strength", () => {
  const graph = withPenalties(plain, { l1: 0.5, l2: 0, steps: 0 }, { l1: 1, l2: 0.25, steps: 0 });
  expect(sumsOf(graph)).toEqual([
    [3, 4],
    [6 + 0.25 * 14, 8 + 0.25 * 22],
  ]);
});

it("takes the mean over steps that are samples", () => {
  const graph = withPenalties(plain, { l1: 1, l2: 0, steps: 1 }, { l1: 1, l2: 0, steps: 2 });
  expect(sumsOf(graph)).toEqual([
    [3, 4],
    [1.5, 2],
  ]);
});

it("leaves a graph alone that has no such regularizers, or is measured already", () => {
  expect(measureActivities(plain)).toBe(plain);
  const measured = measureActivities(withPenalties(plain, { l1: 1, l2: 0, steps: 0 }));
  expect(measureActivities(measured)).toBe(measured);
  expect(withSums(plain)).toBe(plain);
});

it("lets the frozen part of a model give the sums as features", () => {
  const graph = buildGraph([[3]], (add, x) => {
    const kernel = (name: string, rows: number) => weight(name, [rows, 2]);
    const frozen = add({ kind: "dense", weights: { kernel: kernel("a", 3) } }, x);
    return add({ kind: "dense", weights: { kernel: kernel("b", 2) } }, frozen);
  });
  const [first, second] = graph.nodes;
  if (first === undefined || second === undefined) throw new Error("nodes are missing");
  const nodes = [{ ...first, origin: { ...first.origin, trainable: false } }, second];
  const [value = ""] = first.outputs;
  const penalty = { layer: first.origin.layer, value, l1: 1, l2: 0, steps: 0 };
  const penalties = { weights: [], activities: [penalty], others: [] };
  const split = splitFrozen({ ...graph, nodes, penalties }, { frozenNorm: "stored" });
  const [sum = ""] = split?.tail.penalties?.sums ?? [];
  expect(split?.tail.inputs.map((port) => port.value)).toContain(sum);
  expect(split?.base.outputs.map((port) => port.value)).toContain(sum);
  expect(split?.tail.nodes.map(({ op }) => op.kind)).toEqual(["dense"]);
  expect(split?.tail.outputs).toEqual(graph.outputs);
});
