import type { Graph } from "../src/ir/graph.ts";
import { printGraph } from "../src/ir/print.ts";
import { readFloat64, type WeightRef } from "../src/ir/tensor.ts";

/** All that a graph says but for its writer: nodes line by line, then every weight's numbers. */
export function contentOf(graph: Graph): readonly (string | Float64Array)[] {
  const lines = printGraph(graph).split("\n").slice(1);
  return [...lines, ...weightsOf(graph).map(readFloat64)];
}

/** The weights of all nodes, in order. */
export function weightsOf(graph: Graph): readonly WeightRef[] {
  return graph.nodes.flatMap((node) => {
    const weights: readonly (WeightRef | undefined)[] = Object.values(node.op.weights);
    return weights.filter((weight) => weight !== undefined);
  });
}
