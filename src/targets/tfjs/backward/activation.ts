import {
  abs,
  add,
  cast,
  div,
  exp,
  greater,
  greaterEqual,
  less,
  lessEqual,
  logicalAnd,
  mul,
  onesLike,
  sigmoid,
  square,
  sub,
  sum,
  type Tensor,
  where,
} from "@tensorflow/tfjs-core";
import type { Activation, ActivationOp } from "../../../ir/ops/activation.ts";
import { activation } from "../activation.ts";
import type { FusedActivation } from "../forward.ts";
import { tensorAt } from "../forward.ts";
import { type Backward, ofInput } from "./backward.ts";
import { gradientKernels } from "./gradient-kernels.ts";
import { taped } from "./taped.ts";

/** An activation as a layer of its own. */
export const activationBackward: Backward<ActivationOp> = {
  reads: ({ activation }) => readsOf(activation),
  gradients: (op, step) => {
    const { inputs, output, gradient, wants } = step;
    if (!wants(0)) return ofInput(undefined);
    const known = slopeTimes(op.activation, tensorAt(inputs, 0), output, gradient);
    return known === undefined ? rareBackward.gradients(op, step) : ofInput(known);
  },
};

/** Through the activation that a kernel applied to its own result. */
export function throughFused(activation: FusedActivation, y: Tensor, dy: Tensor): Tensor {
  if (activation === "linear") return dy;
  return throughRelu(y, dy, activation === "relu6" ? 6 : null);
}

const rareBackward = taped<ActivationOp>(activation);

/** Those whose slope follows from their output. */
const BY_OUTPUT: ReadonlySet<Activation["fn"]> = new Set<Activation["fn"]>([
  "sigmoid",
  "tanh",
  "exponential",
  "softmax",
  "logSoftmax",
]);

function readsOf(f: Activation): "nothing" | "inputs" | "output" {
  if (f.fn === "linear") return "nothing";
  return BY_OUTPUT.has(f.fn) || isPlainRelu(f) ? "output" : "inputs";
}

function isPlainRelu(f: Activation): boolean {
  return f.fn === "relu" && f.negativeSlope === 0 && f.threshold === 0;
}

/** Undefined for those that the tape goes through. */
function slopeTimes(f: Activation, x: Tensor, y: Tensor, dy: Tensor): Tensor | undefined {
  switch (f.fn) {
    case "linear":
      return mul(dy, 1);
    case "relu":
      return isPlainRelu(f) ? throughRelu(y, dy, f.maxValue) : mul(dy, slopeOfRelu(f, x));
    case "sigmoid":
      return mul(dy, mul(y, sub(1, y)));
    case "tanh":
      return mul(dy, sub(1, square(y)));
    case "exponential":
      return mul(dy, y);
    case "softmax":
      return mul(y, sub(dy, sum(mul(dy, y), f.axis, true)));
    case "logSoftmax":
      return sub(dy, mul(exp(y), sum(dy, f.axis, true)));
    default: {
      const slope = slopeAt(f, x);
      return slope && mul(dy, slope);
    }
  }
}

/** Slopes that follow from the input. */
function slopeAt(f: Activation, x: Tensor): Tensor | undefined {
  switch (f.fn) {
    case "hardSigmoid": {
      const line = add(mul(x, f.slope), f.offset);
      return mul(indicator(logicalAnd(greaterEqual(line, 0), lessEqual(line, 1))), f.slope);
    }
    case "hardTanh":
      return indicator(logicalAnd(greaterEqual(x, -1), lessEqual(x, 1)));
    case "thresholdedRelu":
      return indicator(greater(x, f.theta));
    case "elu":
      return where(greater(x, 0), onesLike(x), mul(exp(x), f.alpha));
    case "selu":
      return mul(where(greater(x, 0), onesLike(x), mul(exp(x), SELU_ALPHA)), SELU_SCALE);
    case "softplus":
      return sigmoid(x);
    case "softsign":
      return div(1, square(add(abs(x), 1)));
    case "silu": {
      const s = sigmoid(x);
      return mul(s, add(mul(x, sub(1, s)), 1));
    }
    default:
      return undefined;
  }
}

function throughRelu(y: Tensor, dy: Tensor, most: number | null): Tensor {
  const own = gradientKernels().relu?.(y, dy, most ?? Number.POSITIVE_INFINITY);
  return own ?? mul(dy, between(y, 0, most));
}

function slopeOfRelu(f: Extract<Activation, { readonly fn: "relu" }>, x: Tensor): Tensor {
  const open = where(greaterEqual(x, f.threshold), onesLike(x), mul(onesLike(x), f.negativeSlope));
  if (f.maxValue === null) return open;
  return mul(open, indicator(less(x, f.maxValue)));
}

/** 1 inside, 0 at the ends and outside, as TensorFlow's gradients of relu and relu6 have it. */
function between(y: Tensor, least: number, most: number | null): Tensor {
  const above = greater(y, least);
  return indicator(most === null ? above : logicalAnd(above, less(y, most)));
}

function indicator(truth: Tensor): Tensor {
  return cast(truth, "float32");
}

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;
