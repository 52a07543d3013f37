import type {
  Activation,
  ActivationOp,
  PreluOp,
  RareActivation,
  UnaryOp,
} from "../../ir/ops/activation.ts";
import { alongAxis, build, map, only, pick, type Tensor } from "./tensor.ts";
import { load } from "./weight.ts";

/** An activation as a layer of its own. */
export function activation(op: ActivationOp, inputs: readonly Tensor[]): readonly Tensor[] {
  return [activate(op.activation, only(inputs))];
}

/** Leaky for negative numbers, with a slope learned for each place or channel. */
export function prelu(op: PreluOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const x = only(inputs);
  const alpha = load(op.weights.alpha);
  return [
    build(x.shape, (index) => {
      const value = pick(x, index);
      return value >= 0 ? value : pick(alpha, index) * value;
    }),
  ];
}

/** One function of every number. */
export function unary(op: UnaryOp, inputs: readonly Tensor[]): readonly Tensor[] {
  return [map(only(inputs), (x) => unaryOf(op, x))];
}

/** Any activation of a whole tensor. */
export function activate(f: Activation, x: Tensor): Tensor {
  switch (f.fn) {
    case "softmax":
      return alongAxis(x, f.axis, softmax);
    case "logSoftmax":
      return alongAxis(x, f.axis, (values) => softmax(values).map(Math.log));
    case "sparsemax":
      return alongAxis(x, f.axis, sparsemax);
    case "glu":
      return alongAxis(x, f.axis, (values) => {
        const half = values.length / 2;
        return values.slice(0, half).map((v, i) => v * sigmoid(values[half + i] ?? 0));
      });
    default:
      return map(x, (value) => scalar(f, value));
  }
}

type Elementwise = Exclude<Activation, { readonly axis: number }>;

function scalar(f: Elementwise, x: number): number {
  switch (f.fn) {
    case "linear":
      return x;
    case "relu":
      if (f.maxValue !== null && x >= f.maxValue) return f.maxValue;
      return x >= f.threshold ? x : f.negativeSlope * (x - f.threshold);
    case "thresholdedRelu":
      return x > f.theta ? x : 0;
    case "elu":
      return x > 0 ? x : f.alpha * Math.expm1(x);
    case "selu":
      return 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x));
    case "celu":
      return x > 0 ? x : f.alpha * Math.expm1(x / f.alpha);
    case "sigmoid":
      return sigmoid(x);
    case "hardSigmoid":
      return clip(f.slope * x + f.offset, 0, 1);
    case "tanh":
      return Math.tanh(x);
    case "hardTanh":
      return clip(x, -1, 1);
    case "softplus":
      return softplus(x);
    case "softsign":
      return x / (1 + Math.abs(x));
    case "exponential":
      return Math.exp(x);
    case "silu":
      return x * sigmoid(x);
    case "hardSilu":
      return (x * clip(x + 3, 0, 6)) / 6;
    case "gelu":
      return gelu(x, f.approximate);
    default:
      return rare(f, x);
  }
}

function rare(f: RareActivation, x: number): number {
  switch (f.fn) {
    case "mish":
      return x * Math.tanh(softplus(x));
    case "logSigmoid":
      return -softplus(-x);
    case "softShrink":
      return Math.sign(x) * Math.max(Math.abs(x) - f.threshold, 0);
    case "hardShrink":
      return Math.abs(x) > f.threshold ? x : 0;
    case "tanhShrink":
      return x - Math.tanh(x);
    case "squareplus":
      return (x + Math.sqrt(x * x + f.b)) / 2;
    case "sparsePlus":
      if (x <= -1) return 0;
      return x >= 1 ? x : (x + 1) ** 2 / 4;
    case "sparseSigmoid":
      return clip((x + 1) / 2, 0, 1);
    case "threshold":
      return x > f.threshold ? x : f.value;
  }
}

function unaryOf(op: UnaryOp, x: number): number {
  switch (op.fn) {
    case "abs":
      return Math.abs(x);
    case "neg":
      return -x;
    case "square":
      return x * x;
    case "sqrt":
      return Math.sqrt(x);
    case "rsqrt":
      return 1 / Math.sqrt(x);
    case "log":
      return Math.log(x);
    case "reciprocal":
      return 1 / x;
    case "sin":
      return Math.sin(x);
    case "cos":
      return Math.cos(x);
    case "floor":
      return Math.floor(x);
    case "ceil":
      return Math.ceil(x);
    case "round":
      return roundHalfEven(x);
    case "sign":
      return Math.sign(x);
    case "power":
      return x ** (op.exponent ?? Number.NaN);
    case "clip":
      return clip(x, op.min ?? Number.NEGATIVE_INFINITY, op.max ?? Number.POSITIVE_INFINITY);
  }
}

function clip(x: number, low: number, high: number): number {
  return Math.min(Math.max(x, low), high);
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

function gelu(x: number, approximate: boolean): number {
  if (!approximate) return (x * (1 + erf(x / Math.SQRT2))) / 2;
  return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

/** Maclaurin series where it converges fast; further out 1 - erfc by its continued fraction. */
function erf(x: number): number {
  if (Math.abs(x) > 3) {
    let fraction = 0;
    for (let k = 60; k > 0; k--) fraction = k / 2 / (Math.abs(x) + fraction);
    const tail = Math.exp(-x * x) / Math.sqrt(Math.PI) / (Math.abs(x) + fraction);
    return Math.sign(x) * (1 - tail);
  }
  let term = x;
  let sum = x;
  for (let n = 1; n < 100; n++) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

function softmax(values: Float64Array): Float64Array {
  const top = values.reduce((a, x) => Math.max(a, x));
  const exponentials = values.map((x) => Math.exp(x - top));
  const sum = exponentials.reduce((a, x) => a + x, 0);
  return exponentials.map((x) => x / sum);
}

/** Martins and Astudillo 2016: the nearest point of the probability simplex. */
function sparsemax(values: Float64Array): Float64Array {
  let sum = 0;
  let supported = 0;
  let sums = 0;
  values
    .toSorted((a, b) => b - a)
    .forEach((x, index) => {
      sum += x;
      if (x <= (sum - 1) / (index + 1)) return;
      supported++;
      sums += sum;
    });
  return values.map((x) => Math.max(x - (sums - 1) / supported, 0));
}
