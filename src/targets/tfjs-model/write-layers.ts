import type { Graph } from "../../ir/graph.ts";
import { emitLayersModel } from "./layers/write.ts";
import { packModel, type TfjsModel, type TfjsModelOptions } from "./pack.ts";

/** Writes a layers model, for `tf.loadLayersModel`. Throws `unsupported` with every layer that tfjs has no words for. */
export function writeTfjsLayers(graph: Graph, options: TfjsModelOptions = {}): TfjsModel {
  const { topology, weights, layers } = emitLayersModel(graph);
  return packModel({ format: "layers-model", topology, weights, graph, steps: layers }, options);
}
