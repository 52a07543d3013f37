import { basename, join } from "node:path";
import { openTfjsGraphFolder } from "../backends/tfjs-graph-folder.ts";
import { openTfjsLayersFolder } from "../backends/tfjs-layers-folder.ts";
import { exitCodeOf } from "../errors.ts";
import { openFile } from "../io/node.ts";
import type { Graph } from "../ir/graph.ts";
import { readKeras } from "../sources/keras/index.ts";
import type { Quantization } from "../targets/tfjs-model/index.ts";
import {
  compareOutputs,
  defaultTolerance,
  graphSamples,
  runGraph,
  seededRandom,
} from "../verify/compare/index.ts";
import type { VerificationReport } from "./verify-report.ts";

/** What was converted, and where to. */
export interface WrittenTfjs {
  /** Of the Keras file. */
  readonly name: string;
  readonly graph: Graph;
  /** The folder. */
  readonly output: string;
  readonly quantize: Quantization | undefined;
  readonly kind: "graph" | "layers";
}

/** Runs the written model in tfjs on random inputs and compares with the graph in double precision. */
export async function verifyTfjs(
  { name, graph, output, quantize, kind }: WrittenTfjs,
  progress: (text: string) => void,
): Promise<VerificationReport> {
  const start = performance.now();
  const model =
    kind === "graph"
      ? await openTfjsGraphFolder(output)
      : await openTfjsLayersFolder(output, (use) => readAgain(output, use));
  const samples = graphSamples(graph, SAMPLES, seededRandom(1));
  const runs = samples.map((sample, index) => {
    progress(`Comparing: ${index + 1} of ${samples.length}`);
    const given = graph.inputs.map((port) => {
      const { shape = [], data = [] } = sample.inputs.get(port.name) ?? {};
      return { shape, data: Float32Array.from(data) };
    });
    const actual = model.run(given);
    const outputs = runGraph(graph, sample).map((expected, at) => ({
      expected,
      actual: actual[at]?.data ?? [],
    }));
    return { sample, outputs };
  });
  model.dispose();
  const names = graph.outputs.map((port) => port.name);
  const bits = quantize === undefined ? 32 : quantize === "uint8" ? 8 : 16;
  const comparison = compareOutputs(graph, names, runs, defaultTolerance(bits, graph));
  return {
    ...comparison,
    exitCode: comparison.ok ? 0 : exitCodeOf("verification"),
    model: name,
    written: basename(output),
    backend: model.title,
    warnings: [],
    milliseconds: Math.round(performance.now() - start),
  };
}

function readAgain<T>(folder: string, use: (graph: Graph) => T): T {
  const source = openFile(join(folder, "model.json"));
  try {
    return use(readKeras(source).graph);
  } finally {
    source.close();
  }
}

/** As many as for Core ML. */
const SAMPLES = 10;
