import type { CustomLayerParamsCustomLayerParamValue } from "../../formats/coreml/types.gen.ts";
import type { Node } from "../../ir/graph.ts";
import type { CustomOp, NoiseOp } from "../../ir/ops/noise.ts";
import type { Emitters } from "../target.ts";
import type { Emission } from "./emission.ts";

/** What acts in training only, and layers that the app itself must bring. */
export const noiseEmitters: Pick<Emitters<Emission>, "noise" | "custom"> = {
  noise: emitNoise,
  custom: emitCustom,
};

/** Nothing at inference. The passes take these out before; here the value just keeps its blob. */
function emitNoise(node: Node<NoiseOp>, emission: Emission): string {
  const { name, layout } = emission.input(node);
  return emission.place(node.outputs[0] ?? "", name, layout);
}

/** A placeholder that names a class of the app. Inputs and output lie in their declared layouts. */
function emitCustom(node: Node<CustomOp>, emission: Emission): string {
  const { className, description, parameters, weights } = node.op;
  const inputs = node.inputs.map(
    (value, index) => emission.read(node, emission.naturalOf(value), index).name,
  );
  const custom = {
    className,
    description,
    parameters: new Map(Object.entries(parameters).map(([key, value]) => [key, paramValue(value)])),
    weights: Object.values(weights).map((ref) => emission.weights(node, ref)),
  };
  return emission
    .write(node, emission.naturalOf(node.outputs[0] ?? ""))
    .finish({ custom }, ...inputs);
}

function paramValue(value: string | number | boolean): CustomLayerParamsCustomLayerParamValue {
  if (typeof value === "string") return { stringValue: value };
  return typeof value === "boolean" ? { boolValue: value } : { doubleValue: value };
}
