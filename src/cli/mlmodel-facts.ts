import type { Model } from "../formats/coreml/types.gen.ts";
import type { CoreMLResult, CoreMLSummary } from "../targets/coreml-nn/index.ts";
import type { LabelReport, PictureReport, TargetFacts } from "./conversion-report.ts";
import type { PictureChoice } from "./pictures.ts";

/** What there is to say of a Core ML model. */
export function mlmodelFacts(result: CoreMLResult, pictures: PictureChoice): TargetFacts {
  const { inputs, outputs, layers, parameters, specificationVersion } = result.summary;
  return {
    format: `Core ML specification ${specificationVersion}`,
    specificationVersion,
    inputs,
    outputs: [...outputs, ...labelReports(result.model)],
    layers,
    parameters,
    preprocessing: pictureReports(result, pictures),
  };
}

function labelReports({ description, neuralNetworkClassifier }: Model): readonly LabelReport[] {
  const name = description?.predictedFeatureName ?? "";
  if (name === "") return [];
  const { stringClassLabels, int64ClassLabels } = neuralNetworkClassifier ?? {};
  const labels = stringClassLabels?.vector ?? int64ClassLabels?.vector ?? [];
  return [{ name, type: "label", classes: labels.length }];
}

function pictureReports(
  { summary }: CoreMLResult,
  { preprocessing, why }: PictureChoice,
): readonly PictureReport[] {
  return summary.inputs.flatMap(({ name, type, colorSpace = "RGB" }) => {
    if (type !== "image") return [];
    const numbers =
      colorSpace === "GRAYSCALE" || preprocessing === undefined
        ? written(summary, name, colorSpace)
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
