import type { ActivationParams } from "../../formats/coreml/types.gen.ts";
import type { Activation } from "../../ir/ops/activation.ts";

/**
 * The activation as the one message that Core ML has for it; undefined when it takes several layers.
 * Every alpha and beta is written, since an unset one is 0.
 */
export function simpleActivation(activation: Activation): ActivationParams | undefined {
  switch (activation.fn) {
    case "linear":
      return { linear: { alpha: 1, beta: 0 } };
    case "relu":
      return simpleRelu(activation);
    case "thresholdedRelu":
      return activation.theta === 0
        ? { ReLU: {} }
        : { thresholdedReLU: { alpha: nextFloat(activation.theta) } };
    case "elu":
      return { ELU: { alpha: activation.alpha } };
    case "sigmoid":
      return { sigmoid: {} };
    case "hardSigmoid":
      return { sigmoidHard: { alpha: activation.slope, beta: activation.offset } };
    case "sparseSigmoid":
      return { sigmoidHard: { alpha: 0.5, beta: 0.5 } };
    case "tanh":
      return { tanh: {} };
    case "softplus":
      return { softplus: {} };
    case "softsign":
      return { softsign: {} };
    default:
      return undefined;
  }
}

/**
 * The activation inside a recurrent layer, where only these exist and `sigmoidHard` is always 0.2 and 0.5.
 * @see NeuralNetwork.proto "Recurrent Layers"
 */
export function recurrentActivation(activation: Activation): ActivationParams | undefined {
  if (activation.fn === "linear" || activation.fn === "sigmoid" || activation.fn === "tanh") {
    return simpleActivation(activation);
  }
  if (activation.fn === "hardSigmoid") {
    const classic = activation.slope === 0.2 && activation.offset === 0.5;
    return classic ? simpleActivation(activation) : undefined;
  }
  if (activation.fn !== "relu") return undefined;
  const plain = simpleActivation(activation);
  return plain?.ReLU === undefined ? undefined : plain;
}

function simpleRelu(activation: Extract<Activation, { fn: "relu" }>): ActivationParams | undefined {
  const { negativeSlope, maxValue, threshold } = activation;
  if (maxValue !== null) return undefined;
  if (threshold === 0) {
    return negativeSlope === 0 ? { ReLU: {} } : { leakyReLU: { alpha: negativeSlope } };
  }
  // x where x >= threshold, else 0: the very words of the format
  return negativeSlope === 0 ? { thresholdedReLU: { alpha: threshold } } : undefined;
}

/**
 * The float32 number after this one: Core ML's threshold lets equal numbers pass, Keras' ThresholdedReLU does not, and
 * `x >= next(t)` is `x > t`.
 */
export function nextFloat(value: number): number {
  const single = Float32Array.of(value);
  const bits = new Int32Array(single.buffer);
  const [current = 0] = bits;
  if (single[0] === 0) bits[0] = 1;
  else bits[0] = current + (current > 0 ? 1 : -1);
  return single[0] ?? value;
}
