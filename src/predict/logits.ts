import type { Graph, GraphPort } from "../ir/graph.ts";
import { seesThrough } from "./loss-clipping.ts";

/** A graph that also gives what its scores were made of. */
export interface GraphWithLogits {
  readonly graph: Graph;
  /** Name of the output with the logits; undefined where there are none, or where Keras does not look at them. */
  readonly logits?: string;
}

/**
 * Adds what enters the softmax or sigmoid behind `port` to the outputs, where Keras computes its loss from that: probabilities near 0
 * and 1 have lost it to rounding.
 */
export function withLogits(graph: Graph, port: GraphPort | undefined): GraphWithLogits {
  const node = port && seesThrough(graph, port);
  const value = node?.inputs[0];
  if (port === undefined || value === undefined) return { graph };
  const names = new Set(graph.outputs.map(({ name }) => name));
  let logits = `${port.name}/logits`;
  while (names.has(logits)) logits += "_";
  return { graph: { ...graph, outputs: [...graph.outputs, { name: logits, value }] }, logits };
}
