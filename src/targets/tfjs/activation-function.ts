import {
  abs,
  add,
  clipByValue,
  clone,
  div,
  elu,
  erf,
  exp,
  expm1,
  greater,
  greaterEqual,
  leakyRelu,
  mul,
  pow,
  relu,
  relu6,
  scalar,
  selu,
  sigmoid,
  softplus,
  sub,
  type Tensor,
  tanh,
  where,
  zerosLike,
} from "@tensorflow/tfjs-core";
import type { Activation } from "../../ir/ops/activation.ts";
import { alongAxis } from "./activation-along-axis.ts";
import { rarely } from "./activation-rare.ts";
import type { FusedActivation } from "./forward.ts";

/** Any activation of a whole tensor. */
export function activate(f: Activation, x: Tensor): Tensor {
  switch (f.fn) {
    case "linear":
      return clone(x);
    case "relu":
      return rectify(f, x);
    case "thresholdedRelu":
      return where(greater(x, f.theta), x, zerosLike(x));
    case "elu":
      return f.alpha === 1 ? elu(x) : exponentialBelow(x, x, f.alpha);
    case "selu":
      return selu(x);
    case "celu":
      return exponentialBelow(x, div(x, f.alpha), f.alpha);
    case "sigmoid":
      return sigmoid(x);
    case "hardSigmoid":
      return clipByValue(add(mul(x, f.slope), f.offset), 0, 1);
    case "tanh":
      return tanh(x);
    case "hardTanh":
      return clipByValue(x, -1, 1);
    case "softplus":
      return softplus(x);
    case "softsign":
      return div(x, add(abs(x), 1));
    case "exponential":
      return exp(x);
    case "silu":
      return mul(x, sigmoid(x));
    case "hardSilu":
      return div(mul(x, relu6(add(x, 3))), 6);
    case "gelu":
      return gelu(x, f.approximate);
    case "softmax":
    case "logSoftmax":
    case "sparsemax":
    case "glu":
      return alongAxis(f, x);
    default:
      return rarely(f, x);
  }
}

/** How a kernel can apply the activation to its own result; undefined when it cannot. */
export function fusable(f: Activation): FusedActivation | undefined {
  if (f.fn !== "relu" || f.negativeSlope !== 0 || f.threshold !== 0) return undefined;
  if (f.maxValue === null) return "relu";
  return f.maxValue === 6 ? "relu6" : undefined;
}

/** Applies what a kernel could not. */
export function applyFused(activation: FusedActivation, x: Tensor): Tensor {
  if (activation === "linear") return x;
  return activation === "relu" ? relu(x) : relu6(x);
}

function rectify(f: Extract<Activation, { readonly fn: "relu" }>, x: Tensor): Tensor {
  const { negativeSlope, threshold, maxValue } = f;
  const fused = fusable(f);
  if (fused !== undefined) return applyFused(fused, x);
  if (negativeSlope === 0 && threshold === 0 && maxValue !== null && maxValue > 0) {
    return clipByValue(x, 0, maxValue);
  }
  if (threshold === 0 && maxValue === null) return leakyRelu(x, negativeSlope);
  const below = mul(sub(x, threshold), negativeSlope);
  const open = where(greaterEqual(x, threshold), x, below);
  if (maxValue === null) return open;
  return where(greaterEqual(x, maxValue), add(zerosLike(x), maxValue), open);
}

function exponentialBelow(x: Tensor, exponent: Tensor, alpha: number): Tensor {
  return where(greater(x, 0), x, mul(expm1(exponent), alpha));
}

function gelu(x: Tensor, approximate: boolean): Tensor {
  if (!approximate) return mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1));
  const inner = mul(add(x, mul(pow(x, scalar(3)), 0.044715)), Math.sqrt(2 / Math.PI));
  return mul(mul(x, 0.5), add(tanh(inner), 1));
}
