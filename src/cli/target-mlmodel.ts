import type { TargetSpec } from "./target-spec.ts";

/** Core ML neural networks. */
export const MLMODEL_TARGET: TargetSpec = {
  name: "mlmodel",
  title: "Core ML (.mlmodel)",
  pattern: /\.mlmodel$/i,
  expected: "a name that ends in .mlmodel",
  form: "file",
  holdsStatement: true,
  options: [
    "addCustomLayers",
    "inputNames",
    "outputNames",
    "inputDescription",
    "outputDescription",
    "useFloatArraytype",
    "useDoubleArraytype",
    "imageInputNames",
    "preprocess",
    "imageScale",
    "redBias",
    "greenBias",
    "blueBias",
    "grayBias",
    "isBgr",
    "classLabels",
    "binaryLabels",
    "predictedFeatureName",
    "predictedProbabilitiesOutput",
    "modelPrecision",
    "respectTrainable",
    "author",
    "license",
    "shortDescription",
    "modelVersion",
    "userDefined",
  ],
  async load() {
    const { mlmodelWriter } = await import("./convert-mlmodel.ts");
    return mlmodelWriter;
  },
};
