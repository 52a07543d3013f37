import type { Node } from "../../ir/graph.ts";
import type { PreluOp, UnaryOp } from "../../ir/ops/activation.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import { mapWeight } from "../../weights/map.ts";
import { reshapeWeight } from "../../weights/reshape.ts";
import { refuse } from "../refuse.ts";
import type { Emitters } from "../target.ts";
import { emitAtMost } from "./activation.ts";
import { scaleBody, scaleLayout } from "./affine.ts";
import type { Emission, NodeWriter } from "./emission.ts";
import { CHANNEL, withAxisAt } from "./layout.ts";
import { ADD, atLeast, INVERSE, linear, MULTIPLY, RELU, unary } from "./steps.ts";

/** Functions of each element that are no activations, and PReLU. */
export const elementwiseEmitters: Pick<Emitters<Emission>, "unary" | "prelu"> = {
  unary: emitUnary,
  prelu: emitPrelu,
};

function emitUnary(node: Node<UnaryOp>, emission: Emission): string {
  const { name: x, layout } = emission.input(node);
  const w = emission.write(node, layout);
  switch (node.op.fn) {
    case "abs":
      return w.finish(unary("ABS"), x);
    case "neg":
      return w.finish(linear(-1), x);
    case "square":
      return w.finish(MULTIPLY, x, x);
    case "sqrt":
      return w.finish(unary("SQRT"), x);
    case "rsqrt":
      return w.finish(unary("POWER", { alpha: -0.5 }), x);
    case "log":
      return w.finish(unary("LOG"), x);
    case "reciprocal":
      return w.finish(INVERSE, x);
    case "power":
      return emitPower(node.op.exponent ?? 1, w, x);
    case "clip":
      return emitClip(node.op, w, x);
    case "round":
      return refuse(
        node,
        "rounding halves to even, as Keras does, has no layer in Core ML networks.",
      );
    default:
      return w.finish({ [node.op.fn]: {} }, x);
  }
}

/** Whole powers are products, which are right for negative numbers too. */
function emitPower(exponent: number, w: NodeWriter, x: string): string {
  if (exponent === 1) return w.finish(linear(1), x);
  if (exponent === 2) return w.finish(MULTIPLY, x, x);
  if (exponent === 3) return w.finish(MULTIPLY, w.step("square", MULTIPLY, x, x), x);
  if (exponent === -1) return w.finish(INVERSE, x);
  return w.finish(unary("POWER", { alpha: exponent }), x);
}

function emitClip({ min, max }: UnaryOp, w: NodeWriter, x: string): string {
  if (max === undefined) return w.finish(min === undefined ? linear(1) : atLeast(min), x);
  return emitAtMost(max, w, min === undefined ? x : w.step("floor", atLeast(min), x));
}

/** One alpha, or one for each channel, is a layer; any other is `relu(x) - alpha * relu(-x)`. */
function emitPrelu(node: Node<PreluOp>, emission: Emission): string {
  const { alpha } = node.op.weights;
  const { layout } = emission.input(node);
  const axes = alpha.shape.flatMap((dim, index) => (dim === 1 ? [] : [index + 1]));
  const [axis] = axes;
  if (axes.length < 2) {
    const wanted = axis === undefined ? layout : withAxisAt(layout, axis, CHANNEL);
    const x = emission.read(node, wanted).name;
    const params = emission.weights(
      node,
      reshapeWeight(alpha, [axis === undefined ? 1 : (alpha.shape[axis - 1] ?? 1)]),
    );
    return emission.write(node, wanted).finish({ activation: { PReLU: { alpha: params } } }, x);
  }
  if (axes.length > 3)
    refuse(node, "an alpha that differs along more than three axes cannot be expressed.");
  const wanted = scaleLayout(layout, axes);
  const x = emission.read(node, wanted).name;
  const w = emission.write(node, wanted);
  const scale = reshapeWeight(negated(alpha), [1, ...alpha.shape]);
  const body = scaleBody(wanted, axes, { scale }, (ref) => emission.weights(node, ref));
  const below = w.step("below", RELU, w.step("neg", linear(-1), x));
  return w.finish(ADD, w.step("above", RELU, x), w.step("slope", body, below));
}

function negated(ref: WeightRef): WeightRef {
  return mapWeight("negated", [ref], ref.shape, (values = new Float64Array()) =>
    values.map((value) => -value),
  );
}
