import { basename } from "node:path";
import type { OnnxRuntime } from "../backends/onnx-runtime.ts";
import { fail } from "../errors.ts";
import { type OnnxOptions, type OnnxResult, writeOnnx } from "../targets/onnx/index.ts";
import type { FeatureReport, TargetFacts } from "./conversion-report.ts";
import { descriptionOptions, type Writable } from "./description-options.ts";
import type { FlagReader } from "./flag-reader.ts";
import type { ConvertedFile, TargetWriter } from "./target-spec.ts";

/** Writes ONNX models. */
export const onnxWriter: TargetWriter = {
  async plan(flags) {
    const options = onnxOptions(flags);
    const runtime = flags.has("verify") ? await loadRuntime() : undefined;
    return (graph, output) => {
      const data = `${output}.data`;
      const result = writeOnnx(graph, { ...options, dataFile: basename(data) });
      return {
        files: filesOf(result, output, data),
        facts: factsOf(result),
        warnings: result.warnings,
        async verify(name, progress) {
          const { verifyOnnx } = await import("./verify-onnx.ts");
          return verifyOnnx(
            { name, graph, output, result },
            progress,
            runtime ?? (await loadRuntime()),
          );
        },
      };
    };
  },
  check: (graph) => writeOnnx(graph).warnings,
};

async function loadRuntime(): Promise<OnnxRuntime> {
  const { loadOnnxRuntime } = await import("../backends/onnx.ts");
  return loadOnnxRuntime();
}

/** The weights first: a model that is there has them. */
function filesOf(result: OnnxResult, output: string, data: string): readonly ConvertedFile[] {
  const model = { path: output, bytes: result.file };
  if (result.data === undefined) return [model];
  if (output === "-") {
    fail(
      "bad-option",
      "The weights go to a file of their own, which the standard output cannot take.",
      {
        hint: "Give an output file instead of -.",
      },
    );
  }
  return [{ path: data, bytes: result.data.file }, model];
}

function factsOf({ summary }: OnnxResult): TargetFacts {
  const feature = ({ name, shape }: OnnxResult["summary"]["inputs"][number]): FeatureReport => ({
    name,
    type: "array",
    shape,
  });
  return {
    format: `ONNX opset ${summary.opset}`,
    opset: summary.opset,
    inputs: summary.inputs.map(feature),
    outputs: summary.outputs.map(feature),
    layers: summary.nodes,
    parameters: summary.parameters,
    preprocessing: [],
  };
}

const LISTS = ["inputNames", "outputNames", "inputsAsNchw"] as const;

/** What the options say about the ONNX model. Loads the class labels. */
function onnxOptions(flags: FlagReader): OnnxOptions {
  const options: Writable<OnnxOptions> = { ...descriptionOptions(flags) };
  for (const key of LISTS) {
    const list = flags.list(key);
    if (list !== undefined) options[key] = list;
  }
  const precision = flags.oneOf("modelPrecision", ["float32", "float16"]);
  if (precision !== undefined) options.modelPrecision = precision;
  if (flags.has("externalData")) options.externalData = true;
  return options;
}
