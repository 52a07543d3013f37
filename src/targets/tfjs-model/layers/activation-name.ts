import type { Activation } from "../../../ir/ops/activation.ts";

/** How tfjs calls an activation that a layer can carry in its own config; undefined when it has none that is equal. */
export function activationName(f: Activation): string | undefined {
  switch (f.fn) {
    case "relu":
      if (f.negativeSlope !== 0 || f.threshold !== 0) return undefined;
      return f.maxValue === null ? "relu" : f.maxValue === 6 ? "relu6" : undefined;
    case "elu":
      return f.alpha === 1 ? "elu" : undefined;
    case "hardSigmoid":
      return f.slope === 0.2 && f.offset === 0.5 ? "hard_sigmoid" : undefined;
    case "gelu":
      return f.approximate ? undefined : "gelu";
    case "silu":
      return "swish";
    case "linear":
    case "selu":
    case "sigmoid":
    case "softplus":
    case "softsign":
    case "tanh":
    case "mish":
      return f.fn;
    default:
      return undefined;
  }
}
