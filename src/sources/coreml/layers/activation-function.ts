import type { ActivationParams } from "../../../formats/coreml/types.gen.ts";
import type { Activation } from "../../../ir/ops/activation.ts";
import { singleNumber } from "../single-number.ts";

/** The activation that is one of the graph's own; undefined for those that take several steps or arrays. */
export function simpleActivation(params: ActivationParams): Activation | undefined {
  const { linear, leakyReLU, thresholdedReLU, sigmoidHard, ELU } = params;
  if (params.ReLU !== undefined) return reluWith({});
  if (leakyReLU !== undefined) return reluWith({ negativeSlope: singleNumber(leakyReLU.alpha) });
  if (thresholdedReLU !== undefined) {
    return reluWith({ threshold: thresholdedReLU.alpha ?? 0 });
  }
  if (params.tanh !== undefined) return { fn: "tanh" };
  if (params.sigmoid !== undefined) return { fn: "sigmoid" };
  if (sigmoidHard !== undefined) {
    return {
      fn: "hardSigmoid",
      slope: singleNumber(sigmoidHard.alpha),
      offset: singleNumber(sigmoidHard.beta),
    };
  }
  if (ELU !== undefined) return { fn: "elu", alpha: singleNumber(ELU.alpha) };
  if (params.softsign !== undefined) return { fn: "softsign" };
  if (params.softplus !== undefined) return { fn: "softplus" };
  const identity = linear !== undefined && linear.alpha === 1 && (linear.beta ?? 0) === 0;
  return identity ? { fn: "linear" } : undefined;
}

/**
 * The activation of a gate, where the two numbers of `sigmoidHard` are always 0.2 and 0.5.
 * @see NeuralNetwork.proto "Recurrent Layers"
 */
export function gateActivation(params: ActivationParams | undefined): Activation | undefined {
  if (params === undefined) return undefined;
  if (params.sigmoidHard !== undefined) return { fn: "hardSigmoid", slope: 0.2, offset: 0.5 };
  if (params.linear !== undefined) return { fn: "linear" };
  const simple = simpleActivation(params);
  const known = ["tanh", "sigmoid", "relu"];
  return simple !== undefined && known.includes(simple.fn) ? simple : undefined;
}

/** Keras' relu with what is not the default. */
export function reluWith(params: {
  readonly negativeSlope?: number;
  readonly maxValue?: number;
  readonly threshold?: number;
}): Activation {
  const { negativeSlope = 0, maxValue = null, threshold = 0 } = params;
  return { fn: "relu", negativeSlope, maxValue, threshold };
}
