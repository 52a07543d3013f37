import type { Activation, RareActivation } from "../../ir/ops/activation.ts";
import { activateAlong } from "./activation-along-axis.ts";
import { float } from "./attributes.ts";
import { type AxisOrder, positionOf } from "./layout.ts";
import type { Scribe } from "./scribe.ts";

/** Any activation of a float32 tensor; `order` says how its axes lie. Gives the result's name. */
export function activate(w: Scribe, f: Activation, x: string, order: AxisOrder): string {
  if ("axis" in f) return activateAlong(w, f, x, positionOf(order, f.axis), order.length);
  switch (f.fn) {
    case "linear":
      return x;
    case "relu":
      return relu(w, f, x);
    case "thresholdedRelu":
      return w.add("ThresholdedRelu", [x], { alpha: float(f.theta) });
    case "elu":
      return w.add("Elu", [x], { alpha: float(f.alpha) });
    case "selu":
      return w.add("Selu", [x], SELU);
    case "celu":
      return w.add("Celu", [x], { alpha: float(f.alpha) });
    case "sigmoid":
      return w.add("Sigmoid", [x]);
    case "hardSigmoid":
      return w.add("HardSigmoid", [x], { alpha: float(f.slope), beta: float(f.offset) });
    case "tanh":
      return w.add("Tanh", [x]);
    case "hardTanh":
      return clip(w, x, -1, 1);
    case "softplus":
      return w.add("Softplus", [x]);
    case "softsign":
      return w.add("Softsign", [x]);
    case "exponential":
      return w.add("Exp", [x]);
    case "silu":
      return w.add("Mul", [x, w.add("Sigmoid", [x])]);
    case "hardSilu":
      return w.add("Mul", [
        x,
        w.add("HardSigmoid", [x], { alpha: float(1 / 6), beta: float(0.5) }),
      ]);
    case "gelu":
      return gelu(w, x, f.approximate);
    default:
      return rare(w, f, x);
  }
}

/** Numbers below `low` and above `high` become these; a bound left out does nothing. */
export function clip(w: Scribe, x: string, low?: number, high?: number): string {
  const bound = (value: number | undefined): string => (value === undefined ? "" : w.scalar(value));
  return w.add("Clip", [x, bound(low), bound(high)]);
}

const SELU = { alpha: float(1.6732632423543772), gamma: float(1.0507009873554805) };

type Elementwise = Exclude<Activation, { readonly axis: number }>;
type Relu = Extract<Elementwise, { readonly fn: "relu" }>;

/** The common kinds have operators of their own, which runtimes fuse with what comes before. */
function relu(w: Scribe, f: Relu, x: string): string {
  const { negativeSlope: slope, maxValue, threshold } = f;
  if (threshold !== 0) return generalRelu(w, f, x);
  if (slope === 0 && maxValue !== null) return clip(w, x, 0, Math.max(maxValue, 0));
  const lower = slope === 0 ? w.add("Relu", [x]) : w.add("LeakyRelu", [x], { alpha: float(slope) });
  return maxValue === null ? lower : clip(w, lower, undefined, maxValue);
}

function generalRelu(w: Scribe, { negativeSlope, maxValue, threshold }: Relu, x: string): string {
  const least = w.scalar(threshold);
  const below = w.add("Mul", [w.add("Sub", [x, least]), w.scalar(negativeSlope)]);
  const lower = w.add("Where", [w.add("Less", [x, least]), below, x]);
  if (maxValue === null) return lower;
  const most = w.scalar(maxValue);
  return w.add("Where", [w.add("Less", [x, most]), lower, most]);
}

/** The exact one by erf, the approximate one by tanh, as Keras has them. */
function gelu(w: Scribe, x: string, approximate: boolean): string {
  const half = w.add("Mul", [x, w.scalar(0.5)]);
  const inner = approximate
    ? w.add("Tanh", [w.add("Mul", [cubic(w, x), w.scalar(Math.sqrt(2 / Math.PI))])])
    : w.add("Erf", [w.add("Div", [x, w.scalar(Math.SQRT2)])]);
  return w.add("Mul", [half, w.add("Add", [inner, w.scalar(1)])]);
}

/** `x + 0.044715 x³` */
function cubic(w: Scribe, x: string): string {
  const square = w.add("Mul", [x, x]);
  const factor = w.add("Add", [w.add("Mul", [square, w.scalar(0.044715)]), w.scalar(1)]);
  return w.add("Mul", [x, factor]);
}

function rare(w: Scribe, f: RareActivation, x: string): string {
  switch (f.fn) {
    case "mish":
      return w.add("Mul", [x, w.add("Tanh", [w.add("Softplus", [x])])]);
    case "logSigmoid":
      return w.add("Neg", [w.add("Softplus", [w.add("Neg", [x])])]);
    case "softShrink":
      return w.add("Shrink", [x], { lambd: float(f.threshold), bias: float(f.threshold) });
    case "hardShrink":
      return w.add("Shrink", [x], { lambd: float(f.threshold), bias: float(0) });
    case "tanhShrink":
      return w.add("Sub", [x, w.add("Tanh", [x])]);
    case "squareplus": {
      const root = w.add("Sqrt", [w.add("Add", [w.add("Mul", [x, x]), w.scalar(f.b)])]);
      return w.add("Mul", [w.add("Add", [x, root]), w.scalar(0.5)]);
    }
    case "sparsePlus": {
      const raised = clip(w, w.add("Add", [x, w.scalar(1)]), 0);
      const curve = w.add("Mul", [w.add("Mul", [raised, raised]), w.scalar(0.25)]);
      return w.add("Where", [w.add("Less", [x, w.scalar(1)]), curve, x]);
    }
    case "sparseSigmoid":
      return w.add("HardSigmoid", [x], { alpha: float(0.5), beta: float(0.5) });
    case "threshold":
      return w.add("Where", [w.add("Greater", [x, w.scalar(f.threshold)]), x, w.scalar(f.value)]);
  }
}
