import type { Diagnostic } from "../errors.ts";
import type { Model } from "../formats/coreml/types.gen.ts";
import type { Graph } from "../ir/graph.ts";
import type { CoreMLResult, CoreMLSummary } from "../targets/coreml-nn/index.ts";
import { inFlagWords } from "./flag-words.ts";
import type { PictureChoice } from "./pictures.ts";
import type { VerificationReport } from "./verify-report.ts";

/** What happened in one conversion; `--json` prints exactly this. */
export interface ConversionReport {
  readonly ok: true;
  readonly model: {
    readonly file: string;
    readonly name: string;
    readonly keras: string;
    readonly backend: string;
  };
  readonly output: string;
  readonly specificationVersion: number;
  readonly inputs: CoreMLSummary["inputs"];
  readonly outputs: readonly (CoreMLSummary["outputs"][number] | LabelReport)[];
  readonly layers: number;
  readonly parameters: number;
  readonly preprocessing: readonly PictureReport[];
  readonly warnings: readonly Diagnostic[];
  readonly bytes: number;
  readonly milliseconds: number;
  /** With `--verify`; may be not ok where the conversion itself is. */
  readonly verification?: VerificationReport;
}

/** The output of a classifier that names the best class. */
export interface LabelReport {
  readonly name: string;
  readonly type: "label";
  /** How many classes there are. */
  readonly classes: number;
}

/** How the pixels of one input are prepared: `pixel * scale + bias`, red, green, blue (or gray). */
export interface PictureReport {
  readonly input: string;
  readonly colors: string;
  readonly scale: readonly number[];
  readonly bias: readonly number[];
  readonly preset?: string;
  readonly why?: string;
}

/** Everything that a report is made of. */
export interface Conversion {
  readonly model: string;
  readonly output: string;
  readonly graph: Graph;
  readonly result: CoreMLResult;
  readonly pictures: PictureChoice;
  readonly warnings: readonly Diagnostic[];
  readonly milliseconds: number;
}

/** Gathers the report of a conversion. */
export function conversionReport(conversion: Conversion): ConversionReport {
  const { graph, result } = conversion;
  const { inputs, outputs, layers, parameters, specificationVersion } = result.summary;
  const { version, backend } = graph.source;
  return {
    ok: true,
    model: { file: conversion.model, name: graph.name, keras: version, backend },
    output: conversion.output,
    specificationVersion,
    inputs,
    outputs: [...outputs, ...labelReports(result.model)],
    layers,
    parameters,
    preprocessing: pictureReports(conversion),
    warnings: conversion.warnings.map(inFlagWords),
    bytes: result.file.byteLength,
    milliseconds: Math.round(conversion.milliseconds),
  };
}

function labelReports({ description, neuralNetworkClassifier }: Model): readonly LabelReport[] {
  const name = description?.predictedFeatureName ?? "";
  if (name === "") return [];
  const { stringClassLabels, int64ClassLabels } = neuralNetworkClassifier ?? {};
  const labels = stringClassLabels?.vector ?? int64ClassLabels?.vector ?? [];
  return [{ name, type: "label", classes: labels.length }];
}

function pictureReports({ result, pictures }: Conversion): readonly PictureReport[] {
  const { preprocessing, why } = pictures;
  return result.summary.inputs.flatMap(({ name, type, colorSpace = "RGB" }) => {
    if (type !== "image") return [];
    const numbers =
      colorSpace === "GRAYSCALE" || preprocessing === undefined
        ? written(result.summary, name, colorSpace)
        : { scale: preprocessing.scale, bias: preprocessing.bias };
    const preset = preprocessing === undefined ? {} : { preset: preprocessing.name };
    return [
      {
        input: name,
        colors: colorSpace,
        ...numbers,
        ...preset,
        ...(why === undefined ? {} : { why }),
      },
    ];
  });
}

/** The scaler of an input, as it stands in the file. */
function written(
  summary: CoreMLSummary,
  name: string,
  colors: string,
): Pick<PictureReport, "scale" | "bias"> {
  const entry = summary.preprocessing.find(({ featureName }) => featureName === name);
  const {
    channelScale = 1,
    grayBias = 0,
    redBias = 0,
    greenBias = 0,
    blueBias = 0,
  } = entry?.scaler ?? {};
  if (colors === "GRAYSCALE") return { scale: [channelScale], bias: [grayBias] };
  return {
    scale: [channelScale, channelScale, channelScale],
    bias: [redBias, greenBias, blueBias],
  };
}
