import { expect } from "vitest";
import type { Graph } from "../../../src/ir/graph.ts";
import { type OnnxResult, writeOnnx } from "../../../src/targets/onnx/index.ts";
import { evaluate } from "../../../src/verify/graph/evaluate.ts";
import { weight } from "../coreml-nn/build-graph.ts";
import { runWritten } from "./run-written.ts";

/** How the inputs of a comparison are made. */
export interface Inputs {
  /** Sizes for free axes but the batch. */
  readonly free?: number;
  /** Numbers that an input holds, by its place; else random ones from -2 to 2. */
  readonly given?: readonly (readonly number[] | undefined)[];
}

/** Expects onnxruntime to compute from the written graph what the ops are defined to give, for a batch of two. */
export async function expectReference(graph: Graph, inputs: Inputs = {}): Promise<OnnxResult> {
  const arrays = graph.inputs.map(({ name, value }, index) => {
    const shape = (graph.types.get(value)?.shape ?? []).map(
      (dim, axis) => dim ?? (axis === 0 ? 2 : (inputs.free ?? 5)),
    );
    const size = shape.reduce((product, dim) => product * dim, 1);
    const data = new Float32Array(size);
    const given = inputs.given?.[index];
    if (given === undefined) weight(`input ${name}`, shape, -2, 2).readInto(data, 0);
    else data.set(given);
    return { name, shape, data };
  });
  const right = evaluate(
    graph,
    new Map(
      arrays.map(({ name, shape, data }) => [name, { shape, data: Float64Array.from(data) }]),
    ),
  );
  const written = writeOnnx(graph);
  const results = await runWritten(written, arrays);
  right.forEach((expected, index) => {
    const { shape = [], data = [] } = results[index] ?? {};
    expect(shape).toEqual(expected.shape);
    const off = expected.data.findIndex((value, place) => !near(value, Number(data[place])));
    expect(off < 0 ? "equal" : `[${off}] is ${data[off]} instead of ${expected.data[off]}`).toBe(
      "equal",
    );
  });
  return written;
}

function near(expected: number, got: number): boolean {
  if (Number.isNaN(expected)) return Number.isNaN(got);
  if (!Number.isFinite(expected)) return got === expected;
  return Math.abs(expected - got) <= 2e-5 + 2e-5 * Math.abs(expected);
}
