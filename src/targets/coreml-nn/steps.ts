import type { UnaryFunctionLayerParams } from "../../formats/coreml/types.gen.ts";
import type { LayerBody } from "./spec-version.ts";

/** `alpha * x + beta` */
export function linear(alpha: number, beta = 0): LayerBody {
  return { activation: { linear: { alpha, beta } } };
}

/** Layers without parameters. */
export const RELU: LayerBody = { activation: { ReLU: {} } };
export const SIGMOID: LayerBody = { activation: { sigmoid: {} } };
export const TANH: LayerBody = { activation: { tanh: {} } };
export const ADD: LayerBody = { add: {} };
export const MULTIPLY: LayerBody = { multiply: {} };

/**
 * A function of each element of `scale * x + shift`. POWER is used for roots and inverses of what is never negative, since RSQRT adds
 * an epsilon that cannot be 0.
 * @see NeuralNetwork.proto UnaryFunctionLayerParams
 */
export function unary(
  type: NonNullable<UnaryFunctionLayerParams["type"]>,
  params: { readonly alpha?: number; readonly shift?: number; readonly scale?: number } = {},
): LayerBody {
  return { unary: { type, epsilon: 1e-6, scale: 1, ...params } };
}

/** `max(x, bound)` */
export function atLeast(bound: number): LayerBody {
  return unary("THRESHOLD", { alpha: bound });
}

/** `1 / x`, negative x too; the smallest epsilon, since 0 would mean 1e-6. */
export const INVERSE: LayerBody = { unary: { type: "INVERSE", epsilon: 1e-37, scale: 1 } };
