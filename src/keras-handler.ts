import { fail } from "./errors.ts";
import type { ByteSource } from "./formats/bytes.ts";
import { type ReadKerasOptions, readKeras } from "./sources/keras/index.ts";
import {
  type Quantization,
  type TfjsArtifacts,
  type TfjsModel,
  writeTfjsLayers,
} from "./targets/tfjs-model/index.ts";

/** How a Keras file is given to tfjs. */
export interface KerasHandlerOptions extends ReadKerasOptions {
  /** What it becomes: a layers model for `tf.loadLayersModel`, or a graph model for `tf.loadGraphModel`. */
  readonly to?: "layers" | "graph";
  /** Store weights in fewer bytes. */
  readonly quantize?: Quantization;
}

/** An `IOHandler` of tfjs that loads. */
export interface KerasHandler {
  load(): Promise<TfjsArtifacts>;
}

/**
 * Gives a Keras model of any generation to the user's own tfjs, in memory: `tf.loadLayersModel(kerasArtifacts(source))`.
 * Loading throws what `readKeras` and the writers throw.
 */
export function kerasArtifacts(
  source: ByteSource,
  options: KerasHandlerOptions = {},
): KerasHandler {
  const { to = "layers", quantize, ...reading } = options;
  if (to !== "layers" && to !== "graph") {
    fail("bad-option", `to is ${JSON.stringify(to)}, expected "layers" or "graph".`);
  }
  const writing = quantize === undefined ? {} : { quantize };
  return {
    load: () =>
      writerOf(to).then((write) => write(readKeras(source, reading).graph, writing).artifacts()),
  };
}

type Writer = (graph: Parameters<typeof writeTfjsLayers>[0], options: object) => TfjsModel;

/** The writer of graphs loads tfjs itself, so only those get it who want it. */
function writerOf(to: "layers" | "graph"): Promise<Writer> {
  if (to === "layers") return Promise.resolve(writeTfjsLayers);
  return import("./targets/tfjs-model/write-graph.ts").then(({ writeTfjsGraph }) => writeTfjsGraph);
}
