import type { Graph } from "../ir/graph.ts";
import { withNodes } from "../ir/rewrite.ts";
import type { TensorType } from "../ir/tensor.ts";

/** The graph for inputs of these sizes, batch left out; inputs that are not named stay as they are. Throws `bad-shape` where a layer does not fit. */
export function fixInputShapes(
  graph: Graph,
  shapes: ReadonlyMap<string, readonly number[]>,
): Graph {
  const types = new Map<string, TensorType>(graph.types);
  for (const { name, value } of graph.inputs) {
    const [before, shape] = [graph.types.get(value), shapes.get(name)];
    if (before === undefined || shape === undefined) continue;
    types.set(value, { dtype: before.dtype, shape: [before.shape[0] ?? null, ...shape] });
  }
  return withNodes({ ...graph, types }, graph.nodes);
}
