import type { Model, NeuralNetworkLayer, WeightParams } from "../../formats/coreml/types.gen.ts";
import { networkOf } from "../network.ts";

/**
 * The difference to expect of a right model, as a share of an output's largest number: single precision adds up
 * to some 1e-5 in deep networks, half precision and quantised weights to as much as their steps.
 */
export function defaultTolerance(model: Model, half: boolean): number {
  const bits = (networkOf(model)?.layers ?? []).flatMap(bitsOf);
  const fewest = Math.min(32, ...bits, half ? 16 : 32);
  if (fewest === 32) return 1e-4;
  return fewest === 16 ? 0.02 : 4 / 2 ** fewest;
}

/** Bits of each weight of a layer. */
function bitsOf(layer: NeuralNetworkLayer): readonly number[] {
  return Object.values(layer).flatMap((body: unknown) => {
    if (typeof body !== "object" || body === null) return [];
    return weightsIn(body).map(({ quantization, float16Value }) => {
      if (quantization !== undefined) return quantization.numberOfBits ?? 8;
      return float16Value === undefined ? 32 : 16;
    });
  });
}

/** Weights stand in a layer's parameters, or in a list of weights within. */
function weightsIn(body: object): readonly WeightParams[] {
  return Object.values(body).flatMap((part: unknown): readonly WeightParams[] => {
    if (isWeights(part)) return [part];
    if (typeof part !== "object" || part === null || ArrayBuffer.isView(part)) return [];
    return Object.values(part).flatMap((inner: unknown) => {
      if (isWeights(inner)) return [inner];
      return typeof inner === "object" && inner !== null && !ArrayBuffer.isView(inner)
        ? Object.values(inner).filter(isWeights)
        : [];
    });
  });
}

function isWeights(value: unknown): value is WeightParams {
  return (
    typeof value === "object" &&
    value !== null &&
    ("floatValue" in value || "float16Value" in value || "quantization" in value)
  );
}
