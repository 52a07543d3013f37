import type { Graph } from "../../../src/ir/graph.ts";
import { evaluate } from "../../../src/verify/graph/evaluate.ts";
import { type Case, readArray } from "../../cases.ts";

/** The first number that is not what Keras gave. */
export function difference(graph: Graph, { json, ...rest }: Case): string | undefined {
  const byName = graph.inputs.every((port) => json.inputs.some(({ name }) => name === port.name));
  const inputs = graph.inputs.flatMap((port, index) => {
    const array = byName ? json.inputs.find(({ name }) => name === port.name) : json.inputs[index];
    if (array === undefined) return [];
    const data = Float64Array.from(readArray({ json, ...rest }, array));
    return [[port.name, { shape: array.shape, data }] as const];
  });
  const results = evaluate(graph, new Map(inputs));
  for (const [index, { data }] of results.entries()) {
    const expected = json.outputs[index];
    if (expected === undefined) return `${results.length} outputs`;
    const numbers = readArray({ json, ...rest }, expected);
    const { abs, rel } = json.tolerance;
    const off = numbers.findIndex(
      (right, at) => !(Math.abs((data[at] ?? Number.NaN) - right) <= abs + rel * Math.abs(right)),
    );
    if (off >= 0) return `${data[off]} instead of ${numbers[off]} at ${off} of output ${index}`;
  }
  return undefined;
}
