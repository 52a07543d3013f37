import type { Graph } from "../../ir/graph.ts";
import { countParameters } from "../count-parameters.ts";
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
