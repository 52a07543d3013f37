import type { Diagnostic } from "../../errors.ts";
import { fail } from "../../errors.ts";
import type { ByteSource } from "../../formats/bytes.ts";
import { decodeModel } from "../../formats/coreml/decode.ts";
import type { Model } from "../../formats/coreml/types.gen.ts";
import type { Graph } from "../../ir/graph.ts";
import type { ModelStatement } from "../../ir/model-statement.ts";
import type { InputOptions } from "./inputs.ts";
import { lowerNetwork } from "./lower-network.ts";
import { openNetwork } from "./network.ts";
import { stateModel } from "./statement.ts";

/** How a Core ML model is read; all optional. */
export interface ReadCoreMLOptions extends InputOptions {}

/** A Core ML model as a graph, and what it says beside. */
export interface CoreMLModel {
  readonly graph: Graph;
  /**
   * Pictures, labels, descriptions and metadata. The graph takes pictures as the network sees them: scaled, in the
   * order of colours that is stated here.
   */
  readonly statement: ModelStatement;
  /** Of each input, the axis of its value behind each axis of its blob; null for one of a single element. */
  readonly inputAxes: Readonly<Record<string, readonly (number | null)[]>>;
  /** The same of each output. */
  readonly outputAxes: Readonly<Record<string, readonly (number | null)[]>>;
  readonly warnings: readonly Diagnostic[];
}

/**
 * Reads a Core ML neural network as the graph that a Keras user would have written: batch first, channels last, one step for
 * each function however many layers spell it.
 *
 * @throws KcError `bad-format` and `corrupt-file` for files that are no Core ML models, `unsupported` with every layer that
 *   the graph's ops cannot say, `bad-config`, `bad-shape` and `bad-weights` for networks that are not sound.
 */
export function readCoreML(
  source: ByteSource | Model,
  options: ReadCoreMLOptions = {},
): CoreMLModel {
  const model = "readInto" in source ? decodeSource(source) : source;
  const network = openNetwork(model);
  const { graph, inputs, outputAxes } = lowerNetwork(model, network, options);
  return {
    graph,
    statement: stateModel(model, network, inputs),
    inputAxes: Object.fromEntries(
      inputs.map(({ name, axes }) => [name, axes.map(({ at }) => at ?? null)]),
    ),
    outputAxes: Object.fromEntries(
      [...outputAxes].map(([name, axes]) => [name, axes.map((at) => at ?? null)]),
    ),
    warnings: [],
  };
}

function decodeSource(source: ByteSource): Model {
  if (source.size > 2 ** 31 - 1)
    fail("limit", `The file has ${source.size} bytes, expected at most 2 GiB.`);
  const bytes = new Uint8Array(source.size);
  source.readInto(0, bytes);
  return decodeModel(bytes, { file: source.name });
}
