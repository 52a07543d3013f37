import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { onnxTitle } from "../backends/onnx.ts";
import { openOnnxModel } from "../backends/onnx-model.ts";
import type { OnnxRuntime } from "../backends/onnx-runtime.ts";
import type { NumberTensor } from "../backends/predictor.ts";
import { exitCodeOf } from "../errors.ts";
import { collectBytes } from "../formats/bytes.ts";
import type { Graph } from "../ir/graph.ts";
import type { OnnxResult } from "../targets/onnx/index.ts";
import {
  compareOutputs,
  defaultTolerance,
  type GraphSample,
  graphSamples,
  runGraph,
  seededRandom,
} from "../verify/compare/index.ts";
import { transpose } from "../verify/graph/tensor.ts";
import type { VerificationReport } from "./verify-report.ts";

/** What was converted, and where to. */
export interface WrittenOnnx {
  /** Of the Keras file. */
  readonly name: string;
  readonly graph: Graph;
  /** Path, or `-` for the standard output. */
  readonly output: string;
  readonly result: OnnxResult;
}

/** Runs the written file in ONNX Runtime on random inputs and compares with the graph in double precision. */
export async function verifyOnnx(
  { name, graph, output, result }: WrittenOnnx,
  progress: (text: string) => void,
  runtime: OnnxRuntime,
): Promise<VerificationReport> {
  const start = performance.now();
  const file = output === "-" ? collectBytes(result.file) : output;
  const model = await openOnnxModel(runtime, file, result.summary, availableParallelism());
  const samples = graphSamples(graph, SAMPLES, seededRandom(1));
  const runs: ComparedRun[] = [];
  for (const [index, sample] of samples.entries()) {
    progress(`Comparing: ${index + 1} of ${samples.length}`);
    const actual = await model.run(inputsOf(graph, result, sample));
    const outputs = runGraph(graph, sample).map((expected, at) => ({
      expected,
      actual: actual[at]?.data ?? [],
    }));
    runs.push({ sample, outputs });
  }
  await model.release();
  const halves = result.model.graph?.initializer?.some(({ dataType }) => dataType === HALF);
  const tolerance = defaultTolerance(halves === true ? 16 : 32, graph);
  const names = result.summary.outputs.map((port) => port.name);
  const comparison = compareOutputs(graph, names, runs, tolerance);
  return {
    ...comparison,
    exitCode: comparison.ok ? 0 : exitCodeOf("verification"),
    model: name,
    written: output === "-" ? "the standard output" : basename(output),
    backend: onnxTitle(runtime),
    warnings: [],
    milliseconds: Math.round(performance.now() - start),
  };
}

type ComparedRun = Parameters<typeof compareOutputs>[2][number];

/** As many as for Core ML. */
const SAMPLES = 10;

/** @see onnx.proto TensorProto.DataType */
const HALF = 10;

/** A sample in the model's order, its axes as declared. */
function inputsOf(
  graph: Graph,
  { summary }: OnnxResult,
  { inputs }: GraphSample,
): readonly NumberTensor[] {
  return graph.inputs.flatMap((port, index): readonly NumberTensor[] => {
    const given = inputs.get(port.name);
    const order = summary.inputs[index]?.order;
    if (given === undefined || order === undefined) return [];
    const { shape, data } = transpose(given, order);
    return [{ shape, data: Float32Array.from(data) }];
  });
}
