import { type Diagnostic, fail } from "../../errors.ts";
import type { OutputFile } from "../../formats/bytes.ts";
import type { Graph } from "../../ir/graph.ts";
import type { JsonObject } from "../../json.ts";
import type { Quantization } from "./encode-weight.ts";
import { layWeights, manifestJson, type NamedWeight, type WeightSpec } from "./manifest.ts";

/** How a tfjs model is written. */
export interface TfjsModelOptions {
  /** Store weights in fewer bytes; left out: float32. */
  readonly quantize?: Quantization;
}

/** A tfjs model, ready to be written to a folder or to be loaded from memory. */
export interface TfjsModel {
  /** `model.json` last. Numbers are read while the files are written. */
  readonly files: readonly OutputFile[];
  readonly warnings: readonly Diagnostic[];
  /** Layers, or nodes of a graph model. */
  readonly steps: number;
  /** What an IOHandler of tfjs gives: the same without files. */
  artifacts(): TfjsArtifacts;
}

/** `ModelArtifacts` of tfjs. */
export interface TfjsArtifacts {
  readonly format: "layers-model" | "graph-model";
  readonly generatedBy: string;
  readonly convertedBy: string;
  readonly modelTopology: JsonObject;
  readonly weightSpecs: WeightSpec[];
  readonly weightData: ArrayBuffer;
  readonly signature?: JsonObject;
}

/** A model before its weights are laid out. */
export interface ModelParts {
  readonly format: TfjsArtifacts["format"];
  readonly topology: JsonObject;
  readonly weights: readonly NamedWeight[];
  readonly graph: Graph;
  readonly steps: number;
  readonly signature?: JsonObject;
}

/** Lays the weights out and writes `model.json`. Throws `bad-option`. */
export function packModel(
  { format, topology, weights, graph, steps, signature }: ModelParts,
  options: TfjsModelOptions,
): TfjsModel {
  checkOptions(options);
  const manifest = layWeights(weights, options.quantize);
  const { format: source, version } = graph.source;
  const head = {
    format,
    generatedBy: `${source} ${version}`.trim(),
    convertedBy: "keras-converter",
  };
  const rest = signature === undefined ? {} : { signature };
  const json = {
    ...head,
    modelTopology: topology,
    ...rest,
    weightsManifest: manifestJson(manifest),
  };
  const bytes = new TextEncoder().encode(JSON.stringify(json));
  const modelJson = { path: "model.json", byteLength: bytes.length, chunks: () => [bytes] };
  return {
    files: [...manifest.shards, modelJson],
    warnings: [],
    steps,
    artifacts: () => {
      const data = new Uint8Array(manifest.byteLength);
      let at = 0;
      for (const chunk of manifest.chunks()) {
        data.set(chunk, at);
        at += chunk.length;
      }
      const { specs } = manifest;
      return {
        ...head,
        modelTopology: topology,
        ...rest,
        weightSpecs: [...specs],
        weightData: data.buffer,
      };
    },
  };
}

const QUANTIZATIONS: readonly string[] = ["float16", "uint8", "uint16"];

function checkOptions(options: TfjsModelOptions): void {
  for (const key of Object.keys(options)) {
    if (key !== "quantize") fail("bad-option", `There is no option ${key}.`);
  }
  const { quantize } = options;
  if (quantize === undefined || QUANTIZATIONS.includes(quantize)) return;
  fail("bad-option", `quantize is ${quantize}, expected ${QUANTIZATIONS.join(", ")}.`);
}
