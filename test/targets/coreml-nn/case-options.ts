import type { CoreMLOptions } from "../../../src/targets/coreml-nn/index.ts";
import type { Case } from "../../cases.ts";

/** The arguments that the case gave to coremltools, as our options. Arrays are double, as coremltools writes them. */
export function caseOptions({ json }: Case): CoreMLOptions {
  const args = new Map(Object.entries(json.convert?.args ?? {}));
  const metadata = new Map(Object.entries(json.convert?.metadata ?? {}));
  const options: Record<string, unknown> = {
    inputNames: listOf(args.get("input_names")),
    outputNames: listOf(args.get("output_names")),
    imageInputNames: listOf(args.get("image_input_names")),
    isBgr: args.get("is_bgr"),
    redBias: args.get("red_bias"),
    greenBias: args.get("green_bias"),
    blueBias: args.get("blue_bias"),
    grayBias: args.get("gray_bias"),
    imageScale: args.get("image_scale"),
    classLabels: args.get("class_labels"),
    predictedFeatureName: args.get("predicted_feature_name"),
    predictedProbabilitiesOutput: args.get("predicted_probabilities_output"),
    respectTrainable: args.get("respect_trainable"),
    arrayType: args.get("use_float_arraytype") === true ? "float32" : "double",
    author: metadata.get("author"),
    license: metadata.get("license"),
    shortDescription: metadata.get("short_description"),
    inputDescriptions: metadata.get("input_description"),
    outputDescriptions: metadata.get("output_description"),
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function listOf(value: unknown): unknown {
  return typeof value === "string" ? [value] : value;
}
