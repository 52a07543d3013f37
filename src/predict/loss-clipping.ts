import type { Clipping } from "../evaluate/index.ts";
import type { Graph, GraphPort } from "../ir/graph.ts";
import { generationOf } from "../train/keras-generation.ts";

/** How the Keras that wrote a model keeps the cross entropy of an output from the logarithm of zero. */
export function clippingOf(graph: Graph | undefined, output: number): Clipping {
  if (graph === undefined) return "clip";
  if (graph.training?.lossSettings?.[output]?.fromLogits === true) return "logits";
  const port = graph.outputs[output];
  if (port !== undefined && seesThrough(graph, port) !== undefined) return "logits";
  return generationOf(graph.source.version).kind === "tensorflow" ? "clip-twice" : "clip";
}

/** The softmax or sigmoid behind an output that tf.keras 2 and Keras 3 look through; stand-alone Keras does not. */
export function seesThrough(
  graph: Graph,
  { value }: GraphPort,
): Graph["nodes"][number] | undefined {
  if (generationOf(graph.source.version).kind === "standalone") return undefined;
  const node = graph.nodes.find(({ outputs }) => outputs.includes(value));
  const { op } = node ?? {};
  const isSeen = op?.kind === "activation" && ["softmax", "sigmoid"].includes(op.activation.fn);
  return isSeen ? node : undefined;
}
