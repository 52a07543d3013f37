import type { Graph } from "../ir/graph.ts";
import { sizeOf, type WeightRef } from "../ir/tensor.ts";

/** How many weights a graph stores; one that several nodes share counts once. */
export function countParameters(graph: Graph): number {
  const sizes = new Map<string, number>();
  for (const node of graph.nodes) {
    const refs: readonly (WeightRef | undefined)[] = Object.values(node.op.weights);
    for (const ref of refs) if (ref !== undefined) sizes.set(ref.id, sizeOf(ref.shape));
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
