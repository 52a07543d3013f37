import type { Graph, GraphPort } from "../ir/graph.ts";
import { sizeOf, type WeightRef } from "../ir/tensor.ts";
import {
  type TfjsModel,
  type TfjsModelOptions,
  writeTfjsLayers,
} from "../targets/tfjs-model/index.ts";
import type { FeatureReport, TargetFacts } from "./conversion-report.ts";
import type { FlagReader } from "./flag-reader.ts";
import type { TargetWriter } from "./target-spec.ts";

/** Writes layers models of TensorFlow.js. */
export const tfjsLayersWriter: TargetWriter = writerOf({
  format: "TensorFlow.js layers",
  write: writeTfjsLayers,
  kind: "layers",
});

/** A kind of tfjs model, as the command line needs it. */
export interface TfjsKind {
  readonly format: string;
  readonly write: (graph: Graph, options: TfjsModelOptions) => TfjsModel;
  readonly kind: "graph" | "layers";
}

const QUANTIZATIONS = ["float16", "uint8", "uint16"] as const;

/** Makes a writer for the command line of a function that writes. */
export function writerOf({ format, write, kind }: TfjsKind): TargetWriter {
  return {
    plan(flags) {
      const options = optionsOf(flags);
      const { quantize } = options;
      return (graph, output) => {
        const model = write(graph, options);
        return {
          files: model.files.map((file) => ({ path: file.path, bytes: file })),
          facts: factsOf(graph, format, model),
          warnings: model.warnings,
          async verify(name, progress) {
            const { verifyTfjs } = await import("./verify-tfjs.ts");
            return verifyTfjs({ name, graph, output, quantize, kind }, progress);
          },
        };
      };
    },
    check: (graph) => write(graph, {}).warnings,
  };
}

function optionsOf(flags: FlagReader): TfjsModelOptions {
  const quantize = flags.oneOf("quantize", QUANTIZATIONS);
  return quantize === undefined ? {} : { quantize };
}

function factsOf(graph: Graph, format: string, model: TfjsModel): TargetFacts {
  const describe = ({ name, value }: GraphPort): FeatureReport => ({
    name,
    type: "array",
    shape: graph.types.get(value)?.shape ?? [],
  });
  return {
    format,
    inputs: graph.inputs.map(describe),
    outputs: graph.outputs.map(describe),
    layers: model.steps,
    parameters: parametersOf(graph),
    preprocessing: [],
  };
}

/** Numbers in all weights, those that several layers share once. */
function parametersOf(graph: Graph): number {
  const weights = graph.nodes.flatMap(({ op }): readonly (WeightRef | undefined)[] =>
    Object.values(op.weights),
  );
  const sizes = new Map(
    weights.flatMap((ref) => (ref === undefined ? [] : [[ref.id, sizeOf(ref.shape)] as const])),
  );
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
