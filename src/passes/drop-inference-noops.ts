import type { Graph, Node } from "../ir/graph.ts";
import { dropUnused, rewriteGraph } from "../ir/rewrite.ts";

/** Takes out what does nothing at inference: dropout and noise. Nodes that no output needs go too, unread masks among them. */
export function dropInferenceNoops(graph: Graph): Graph {
  if (!graph.nodes.some(isNoop)) return dropUnused(graph);
  return dropUnused(
    rewriteGraph(graph, (node) => (isNoop(node) ? { remove: node.inputs } : "keep")),
  );
}

function isNoop(node: Node): boolean {
  return node.op.kind === "noise";
}
