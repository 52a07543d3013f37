import { createDiagnostics, throwIfErrors } from "../../../errors.ts";
import type { Graph, Node } from "../../../ir/graph.ts";
import { dropUnused } from "../../../ir/rewrite.ts";
import type { Json, JsonObject } from "../../../json.ts";
import { emitNode, logUnsupported } from "../../emit-node.ts";
import type { NamedWeight } from "../manifest.ts";
import { LayersEmission, type TensorPlace } from "./emission.ts";
import { emitters } from "./emitters.ts";
import { refuse } from "./refuse.ts";

/** A model in layers of tfjs: what `modelTopology` of a `model.json` holds, and its weights. */
export interface LayersModel {
  readonly topology: JsonObject;
  readonly weights: readonly NamedWeight[];
  /** How many, inputs included. */
  readonly layers: number;
}

/** Says a graph in layers of tfjs. Throws `unsupported` with every layer that cannot be expressed. */
export function emitLayersModel(given: Graph): LayersModel {
  const graph = dropUnused(given);
  const emission = new LayersEmission(graph);
  const log = createDiagnostics();
  for (const node of graph.nodes) {
    if (emission.isFused(node) || !isReachable(node, graph, emission)) continue;
    logUnsupported(log, () => emitNode({ emitters, refuse }, node, emission));
  }
  throwIfErrors(log);
  const config = {
    name: graph.name,
    layers: emission.layers.map((layer): Json => {
      const { name, className: class_name, inbound: inbound_nodes } = layer;
      return { name, class_name, config: layer.config, inbound_nodes };
    }),
    input_layers: graph.inputs.map(({ value }) => addressOf(emission.placeOf(value))),
    output_layers: graph.outputs.map(({ value }) => addressOf(emission.placeOf(value))),
  };
  return {
    topology: {
      keras_version: "2.15.0",
      backend: "tensorflow",
      model_config: { class_name: "Model", config },
    },
    weights: emission.layers.flatMap(({ weights }) => weights),
    layers: emission.layers.length,
  };
}

/** Masks are values too, but nothing writes them. */
function isReachable(node: Node, graph: Graph, emission: LayersEmission): boolean {
  const masks = new Set(
    graph.nodes.filter(({ op }) => op.kind === "notEqualMask").flatMap(({ outputs }) => outputs),
  );
  return node.inputs.every((value) => emission.has(value) || masks.has(value));
}

function addressOf({ layer, call, tensor }: TensorPlace): Json {
  return [layer, call, tensor];
}
