import type { TargetSpec } from "./target-spec.ts";

/** ONNX models. */
export const ONNX_TARGET: TargetSpec = {
  name: "onnx",
  title: "ONNX (.onnx)",
  pattern: /\.onnx$/i,
  expected: "a name that ends in .onnx",
  form: "file",
  options: [
    "inputNames",
    "outputNames",
    "inputDescription",
    "outputDescription",
    "inputsAsNchw",
    "classLabels",
    "modelPrecision",
    "externalData",
    "author",
    "license",
    "shortDescription",
    "modelVersion",
    "userDefined",
  ],
  async load() {
    const { onnxWriter } = await import("./convert-onnx.ts");
    return onnxWriter;
  },
};
