import type { Clipping } from "../evaluate/index.ts";
import type { Graph, GraphPort } from "../ir/graph.ts";

/** How the Keras that wrote a model keeps the cross entropy of an output from the logarithm of zero. */
export function clippingOf(graph: Graph | undefined, output: number): Clipping {
  if (graph === undefined) return "clip";
  if (graph.training?.lossSettings?.[output]?.fromLogits === true) return "logits";
  const port = graph.outputs[output];
  if (port !== undefined && seesThrough(graph, port) !== undefined) return "logits";
  return isTensorFlow2(graph) ? "clip-twice" : "clip";
}

/** The softmax or sigmoid behind an output that tf.keras 2 and Keras 3 look through; stand-alone Keras does not. */
export function seesThrough(
  graph: Graph,
  { value }: GraphPort,
): Graph["nodes"][number] | undefined {
  if (isStandalone(graph)) return undefined;
  const node = graph.nodes.find(({ outputs }) => outputs.includes(value));
  const { op } = node ?? {};
  const isSeen = op?.kind === "activation" && ["softmax", "sigmoid"].includes(op.activation.fn);
  return isSeen ? node : undefined;
}

/** Keras 1 and 2 of its own, up to 2.3. */
export function isStandalone(graph: Graph): boolean {
  return !isTensorFlow2(graph) && majorOf(graph) < 3;
}

/** tf.keras, which has numbered itself like Keras since 2.4. */
export function isTensorFlow2(graph: Graph): boolean {
  const { version } = graph.source;
  const minor = Number.parseInt(version.split(".")[1] ?? "0", 10);
  return version.includes("-tf") || (majorOf(graph) === 2 && minor >= 4);
}

function majorOf({ source }: Graph): number {
  return Number.parseInt(source.version, 10);
}
