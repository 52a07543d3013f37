import type { Node } from "../../../ir/graph.ts";
import type { Activation, ActivationOp, PreluOp, UnaryOp } from "../../../ir/ops/activation.ts";
import type { Emitters } from "../../target.ts";
import { activationName } from "./activation-name.ts";
import { bordered } from "./border.ts";
import type { LayersEmission, TensorPlace } from "./emission.ts";
import { knownSize, refuse } from "./refuse.ts";
import { activated, merged, permuted, rectified, rescaled } from "./steps.ts";

/** Activations and functions of single numbers, composed where tfjs has no layer for them. */
export const activationEmitters = {
  activation: (node, emission) => {
    emission.finish(node, activate(emission, node, node.op, emission.input(node)));
  },
  prelu: emitPrelu,
  unary: (node, emission) => {
    emission.finish(node, emitUnary(node, emission, emission.input(node)));
  },
} satisfies Partial<Emitters<LayersEmission>>;

function activate(
  emission: LayersEmission,
  node: Node,
  { activation: f }: ActivationOp,
  x: TensorPlace,
): TensorPlace {
  const name = activationName(f);
  if (name !== undefined) return activated(emission, { node }, x, name);
  switch (f.fn) {
    case "relu":
      return rectify(emission, node, f, x);
    case "thresholdedRelu": {
      const config = { theta: f.theta };
      return emission.one(node, { className: "ThresholdedReLU", config, shape: x.shape }, x);
    }
    case "elu":
    case "celu":
      return eluOf(emission, node, x, f.alpha, f.fn === "celu" ? 1 / f.alpha : 1);
    case "softmax":
    case "logSoftmax":
      return softmax(emission, node, x, f);
    case "glu":
      return glu(emission, node, x, f.axis);
    default:
      return composed(emission, node, f, x);
  }
}

/** Those that clip a line, or that are sums and products of what tfjs has. */
function composed(
  emission: LayersEmission,
  node: Node,
  f: Activation,
  x: TensorPlace,
): TensorPlace {
  const { shape } = x;
  const scale = (step: string, y: TensorPlace, factor: number, offset = 0) =>
    rescaled(emission, { node, step }, y, factor, offset);
  const clip = (step: string, y: TensorPlace, top: number | null = null) =>
    rectified(emission, { node, step }, y, top);
  switch (f.fn) {
    case "hardSigmoid":
      return rectified(emission, { node }, scale("line", x, f.slope, f.offset), 1);
    case "sparseSigmoid":
      return rectified(emission, { node }, scale("line", x, 0.5, 0.5), 1);
    case "hardTanh":
      return rescaled(emission, { node }, clip("clip", scale("shift", x, 1, 1), 2), 1, -1);
    case "hardSilu": {
      const gate = clip("gate", scale("line", x, 1 / 6, 0.5), 1);
      return merged(emission, { node }, "Multiply", shape, x, gate);
    }
    case "logSigmoid": {
      const turned = scale("turn", x, -1);
      const plus = activated(emission, { node, step: "softplus" }, turned, "softplus");
      return rescaled(emission, { node }, plus, -1);
    }
    case "tanhShrink": {
      const curve = scale("turn", activated(emission, { node, step: "tanh" }, x, "tanh"), -1);
      return merged(emission, { node }, "Add", shape, x, curve);
    }
    case "softShrink": {
      const above = clip("above", scale("lower", x, 1, -f.threshold));
      const below = clip("below", scale("turn", x, -1, -f.threshold));
      return merged(emission, { node }, "Add", shape, above, scale("back", below, -1));
    }
    default:
      return refuse(node, `the activation ${f.fn} does not exist in layers of TensorFlow.js.`);
  }
}

function rectify(
  emission: LayersEmission,
  node: Node,
  f: Extract<Activation, { readonly fn: "relu" }>,
  x: TensorPlace,
): TensorPlace {
  const { negativeSlope: alpha, maxValue, threshold } = f;
  const { shape } = x;
  if (threshold === 0 && alpha === 0) return rectified(emission, { node }, x, maxValue);
  if (threshold === 0 && maxValue === null) {
    return emission.one(node, { className: "LeakyReLU", config: { alpha }, shape }, x);
  }
  if (threshold === 0) {
    const above = rectified(emission, { node, step: "above" }, x, maxValue);
    const turned = rescaled(emission, { node, step: "turn" }, x, -1);
    const below = rectified(emission, { node, step: "below" }, turned);
    const leak = rescaled(emission, { node, step: "leak" }, below, -alpha);
    return merged(emission, { node }, "Add", shape, above, leak);
  }
  return refuse(node, "a threshold together with a slope or ceiling does not exist there.");
}

/** `max(x, 0) + alpha * elu(min(x, 0) * inner)` */
function eluOf(
  emission: LayersEmission,
  node: Node,
  x: TensorPlace,
  alpha: number,
  inner: number,
): TensorPlace {
  const above = rectified(emission, { node, step: "above" }, x);
  const turned = rescaled(emission, { node, step: "turn" }, x, -1);
  const below = rectified(emission, { node, step: "below" }, turned);
  const negative = rescaled(emission, { node, step: "back" }, below, -inner);
  const curve = activated(emission, { node, step: "elu" }, negative, "elu");
  const scaled = rescaled(emission, { node, step: "scale" }, curve, alpha);
  return merged(emission, { node }, "Add", x.shape, above, scaled);
}

/** Along the last axis only, so another axis is brought there. */
function softmax(
  emission: LayersEmission,
  node: Node,
  x: TensorPlace,
  f: Extract<Activation, { readonly fn: "softmax" | "logSoftmax" }>,
): TensorPlace {
  const name = f.fn === "softmax" ? "softmax" : "log_softmax";
  const last = x.shape.length - 1;
  if (f.axis === last) return activated(emission, { node }, x, name);
  const order = x.shape
    .map((_, axis) => axis)
    .with(f.axis, last)
    .with(last, f.axis);
  const turned = permuted(emission, { node, step: "turn" }, x, order);
  const y = activated(emission, { node, step: f.fn }, turned, name);
  return permuted(emission, { node }, y, order);
}

function glu(emission: LayersEmission, node: Node, x: TensorPlace, axis: number): TensorPlace {
  const half = knownSize(node, x.shape[axis], "The size of its axis") / 2;
  const part = (step: string, before: number, after: number): TensorPlace => {
    const amounts = x.shape.map((_, i) => (i === axis ? ([before, after] as const) : NONE));
    return bordered(emission, node, "Cropping2D", x, amounts, step);
  };
  const gate = activated(emission, { node, step: "gate" }, part("right", half, 0), "sigmoid");
  const left = part("left", 0, half);
  return merged(emission, { node }, "Multiply", left.shape, left, gate);
}

const NONE = [0, 0] as const;

function emitPrelu(node: Node<PreluOp>, emission: LayersEmission): void {
  const { alpha } = node.op.weights;
  const x = emission.input(node);
  const shared = alpha.shape.flatMap((size, axis) =>
    size === 1 && x.shape[axis + 1] !== 1 ? [axis + 1] : [],
  );
  const config = { shared_axes: shared.length === 0 ? null : shared };
  const parts = { className: "PReLU", config, shape: x.shape, weights: { alpha } };
  emission.finish(node, emission.one(node, parts, x));
}

function emitUnary(node: Node<UnaryOp>, emission: LayersEmission, x: TensorPlace): TensorPlace {
  const { op } = node;
  const { shape } = x;
  switch (op.fn) {
    case "neg":
      return rescaled(emission, { node }, x, -1);
    case "square":
      return merged(emission, { node }, "Multiply", shape, x, x);
    case "abs": {
      const turned = rescaled(emission, { node, step: "turn" }, x, -1);
      return merged(emission, { node }, "Maximum", shape, x, turned);
    }
    default:
      return refuse(node, `${op.fn} of every element does not exist in layers of TensorFlow.js.`);
  }
}
