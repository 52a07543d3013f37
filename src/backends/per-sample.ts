import type { Graph } from "../ir/graph.ts";
import { mixesSamples } from "../ir/mixes-samples.ts";

/** Whether each sample of a batch is computed without looking at the others, so that a batch may be cut. */
export function isPerSample(graph: Graph): boolean {
  const free = [...graph.inputs, ...graph.outputs].every(
    ({ value }) => graph.types.get(value)?.shape[0] === null,
  );
  return free && !graph.nodes.some(({ op }) => mixesSamples(op));
}
