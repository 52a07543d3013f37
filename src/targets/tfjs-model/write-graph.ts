import type { Graph } from "../../ir/graph.ts";
import { recordGraphDef } from "../tfjs/record/graph-def.ts";
import { packModel, type TfjsModel, type TfjsModelOptions } from "./pack.ts";

/**
 * Writes a graph model, for `tf.loadGraphModel`. Loads tfjs itself, unlike the writer of layers models. Throws `unsupported` with every
 * layer that has no meaning here, and for free sizes that a graph model cannot say.
 */
export function writeTfjsGraph(graph: Graph, options: TfjsModelOptions = {}): TfjsModel {
  const { topology, signature, weights, nodes } = recordGraphDef(graph);
  return packModel(
    { format: "graph-model", topology, signature, weights, graph, steps: nodes },
    options,
  );
}
