import type { Model, NeuralNetworkLayer, WeightParams } from "../../formats/coreml/types.gen.ts";
import { networkOf } from "../network.ts";

/** Bits of the coarsest numbers in a run: 32 for single precision, 16 for half, 1 to 8 for quantised weights. */
export function precisionOf(model: Model, half: boolean): number {
  const bits = (networkOf(model)?.layers ?? []).flatMap(bitsOf);
  return Math.min(half ? 16 : 32, ...new Set(bits));
}

/**
 * The difference to expect of a right model, as a share of an output's largest number: single precision adds up
 * to some 1e-5 in deep networks, half precision and quantised weights to some of their steps.
 */
export function defaultTolerance(bits: number): number {
  if (bits === 32) return 1e-4;
  return bits === 16 ? 0.1 : 4 / 2 ** bits;
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
