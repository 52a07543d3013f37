import type { Graph } from "../ir/graph.ts";

/** Whether each sample of a batch is computed without looking at the others, so that a batch may be cut. */
export function isPerSample(graph: Graph): boolean {
  const free = [...graph.inputs, ...graph.outputs].every(
    ({ value }) => graph.types.get(value)?.shape[0] === null,
  );
  return free && !graph.nodes.some(({ op }) => mixes(op));
}

function mixes(op: Graph["nodes"][number]["op"]): boolean {
  switch (op.kind) {
    case "reduce":
      return op.axes.includes(0);
    case "slice":
      return op.starts[0] !== 0 || op.ends[0] !== null || op.steps[0] !== 1;
    case "custom":
      return true;
    case "recurrent":
      return op.stateful;
    default:
      return false;
  }
}
