import { createDiagnostics, type Diagnostics, KcError, throwIfErrors } from "../../../errors.ts";
import type { Graph, Node } from "../../../ir/graph.ts";
import type { OpKind, OpOf } from "../../../ir/ops/index.ts";
import { dropUnused } from "../../../ir/rewrite.ts";
import type { Json, JsonObject } from "../../../json.ts";
import type { NamedWeight } from "../manifest.ts";
import { LayersEmission, type TensorPlace } from "./emission.ts";
import { emitters } from "./emitters.ts";
import { WAY_OUT } from "./refuse.ts";

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
    emitOrLog(node, emission, log);
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

function emitOrLog(node: Node, emission: LayersEmission, log: Diagnostics): void {
  try {
    emitKind(node.op.kind, node.op, node, emission, log);
  } catch (error) {
    if (!(error instanceof KcError) || error.code !== "unsupported") throw error;
    for (const diagnostic of error.diagnostics) log.error(diagnostic);
  }
}

function emitKind<K extends OpKind>(
  kind: K,
  op: OpOf<K>,
  node: Node,
  emission: LayersEmission,
  log: Diagnostics,
): void {
  const emitter = emitters[kind];
  if (!("unsupported" in emitter)) {
    emitter({ ...node, op }, emission);
    return;
  }
  const at = { layer: node.origin.layer, className: node.origin.className };
  log.error({ code: "unsupported", text: emitter.unsupported, at, hint: WAY_OUT });
}

function addressOf({ layer, call, tensor }: TensorPlace): Json {
  return [layer, call, tensor];
}
