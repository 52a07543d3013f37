import type { Graph } from "../../ir/graph.ts";
import { sizeOf, type WeightRef } from "../../ir/tensor.ts";
import type { EmittedNetwork, Port } from "./network.ts";

/** What was made, in numbers. */
export interface OnnxSummary {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** Number of nodes in the file, those of loops apart. */
  readonly nodes: number;
  /** Number of stored weights of the Keras model; a shared weight counts once. */
  readonly parameters: number;
  readonly opset: number;
}

/** Gathers the numbers of a model just made. */
export function summarise(graph: Graph, network: EmittedNetwork, opset: number): OnnxSummary {
  const { inputs, outputs, emission } = network;
  const nodes = emission.nodes.length;
  return { inputs, outputs, nodes, parameters: countParameters(graph), opset };
}

function countParameters(graph: Graph): number {
  const sizes = new Map<string, number>();
  for (const node of graph.nodes) {
    const refs: readonly (WeightRef | undefined)[] = Object.values(node.op.weights);
    for (const ref of refs) if (ref !== undefined) sizes.set(ref.id, sizeOf(ref.shape));
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
