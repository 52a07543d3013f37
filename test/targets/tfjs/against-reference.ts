import { expect } from "vitest";
import type { Graph } from "../../../src/ir/graph.ts";
import { sizeOf } from "../../../src/ir/tensor.ts";
import { buildTfjs, type RunArray } from "../../../src/targets/tfjs/index.ts";
import { evaluate } from "../../../src/verify/graph/evaluate.ts";
import { weight } from "../coreml-nn/build-graph.ts";

/** Runs a graph on the active backend and step by step in float64: both must give the same, for a batch of two. */
export function expectReference(graph: Graph, tolerance = 1e-5): void {
  const inputs = new Map<string, RunArray>();
  for (const { name, value } of graph.inputs) {
    const shape = (graph.types.get(value)?.shape ?? []).map((dim, axis) =>
      axis === 0 ? 2 : (dim ?? 5),
    );
    const numbers = weight(`${graph.name}${name}`, shape, -2, 2);
    const data = new Float32Array(sizeOf(shape));
    numbers.readInto(data, 0);
    inputs.set(name, { shape, data });
  }
  const runnable = buildTfjs(graph);
  const got = runnable.predict(inputs);
  runnable.dispose();
  const doubles = [...inputs].map(
    ([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }] as const,
  );
  const expected = evaluate(graph, new Map(doubles));
  expect(got.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
  got.forEach(({ data }, index) => {
    const right = expected[index]?.data ?? new Float64Array();
    const worst = right.reduce((most, x, i) => Math.max(most, apart(x, data[i] ?? Number.NaN)), 0);
    expect(worst).toBeLessThan(tolerance);
  });
}

/** Relative above 1, absolute below; infinite for what only one side has. */
function apart(a: number, b: number): number {
  if (Object.is(a, b) || (Number.isNaN(a) && Number.isNaN(b))) return 0;
  const difference = Math.abs(a - b) / Math.max(1, Math.abs(a));
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
}
