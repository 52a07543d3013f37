import type { Node } from "../../ir/graph.ts";
import type { Activation, ActivationOp } from "../../ir/ops/activation.ts";
import { refuse } from "../refuse.ts";
import type { Emitters } from "../target.ts";
import { nextFloat, simpleActivation } from "./activation-function.ts";
import type { Emission, NodeWriter } from "./emission.ts";
import { CHANNEL, withAxisAt } from "./layout.ts";
import { ADD, atLeast, linear, MULTIPLY, RELU, SIGMOID, TANH, unary } from "./steps.ts";

/** Activations: one layer where Core ML has the function, else the same function of several. */
export const activationEmitters: Pick<Emitters<Emission>, "activation"> = {
  activation: emitActivation,
};

function emitActivation(node: Node<ActivationOp>, emission: Emission): string {
  const { activation } = node.op;
  if ("axis" in activation) {
    return emitAlongAxis(node, activation, emission);
  }
  const input = emission.input(node);
  const writer = emission.write(node, input.layout);
  const simple = simpleActivation(activation);
  if (simple !== undefined) return writer.finish({ activation: simple }, input.name);
  return emitComposed(node, activation, writer, input.name, emission);
}

type WithAxis = Extract<Activation, { readonly axis: number }>;
type Plain = Exclude<Activation, WithAxis>;

/** Along an axis: Core ML's `softmax` and `split` work on channels, so the axis is brought there. */
function emitAlongAxis(node: Node, activation: WithAxis, emission: Emission): string {
  if (activation.fn === "sparsemax") {
    refuse(
      node,
      "sparsemax needs its input sorted, for which Core ML networks have no exact layer.",
    );
  }
  const layout = withAxisAt(emission.input(node).layout, activation.axis, CHANNEL);
  const x = emission.read(node, layout).name;
  const writer = emission.write(node, layout);
  if (activation.fn === "softmax") return writer.finish({ softmax: {} }, x);
  return activation.fn === "glu" ? emitGlu(x, writer, emission) : emitLogSoftmax(x, writer);
}

/** `x - max - log(sum(exp(x - max)))`, which keeps its digits where softmax would be 0. */
function emitLogSoftmax(x: string, writer: NodeWriter): string {
  const max = writer.step("max", { reduce: { mode: "MAX", axis: "C" } }, x);
  const lowered = writer.step("lowered", ADD, x, writer.step("minus_max", linear(-1), max));
  const sum = writer.step(
    "sum",
    { reduce: { mode: "SUM", axis: "C" } },
    writer.step("exp", unary("EXP"), lowered),
  );
  return writer.finish(
    ADD,
    lowered,
    writer.step("minus_log", linear(-1), writer.step("log", unary("LOG"), sum)),
  );
}

function emitGlu(x: string, writer: NodeWriter, emission: Emission): string {
  const halves = [
    emission.blobName(`${writer.out}_value`),
    emission.blobName(`${writer.out}_gate`),
  ];
  emission.add(`${writer.name}__split__`, { split: { nOutputs: 2 } }, [x], halves);
  const [value = "", gate = ""] = halves;
  return writer.finish(MULTIPLY, value, writer.step("sigmoid", SIGMOID, gate));
}

function emitComposed(
  node: Node,
  activation: Plain,
  w: NodeWriter,
  x: string,
  emission: Emission,
): string {
  switch (activation.fn) {
    case "relu":
      return emitRelu(node, activation, w, x);
    case "selu":
      return w.finish(
        { multiply: { alpha: SELU_SCALE } },
        w.step("elu", { activation: { ELU: { alpha: SELU_ALPHA } } }, x),
      );
    case "celu": {
      const { alpha } = activation;
      const bent = w.step(
        "elu",
        { activation: { ELU: { alpha: 1 } } },
        w.step("shrunk", linear(1 / alpha), x),
      );
      return w.finish(linear(alpha), bent);
    }
    case "hardTanh":
      return emitAtMost(1, w, w.step("floor", atLeast(-1), x));
    case "exponential":
      return w.finish(unary("EXP"), x);
    case "silu":
      return w.finish(MULTIPLY, x, w.step("sigmoid", SIGMOID, x));
    case "hardSilu": {
      const gate = { activation: { sigmoidHard: { alpha: 1 / 6, beta: 0.5 } } };
      return w.finish(MULTIPLY, x, w.step("gate", gate, x));
    }
    case "gelu":
      return emitGelu(activation.approximate, w, x, emission);
    case "mish": {
      const softplus = w.step("softplus", { activation: { softplus: {} } }, x);
      return w.finish(MULTIPLY, x, w.step("tanh", TANH, softplus));
    }
    default:
      return emitRare(activation, w, x);
  }
}

type Rare = Exclude<
  Plain,
  {
    readonly fn:
      | "relu"
      | "selu"
      | "celu"
      | "hardTanh"
      | "exponential"
      | "silu"
      | "hardSilu"
      | "gelu"
      | "mish";
  }
>;

function emitRare(activation: Rare, w: NodeWriter, x: string): string {
  switch (activation.fn) {
    case "logSigmoid": {
      const softplus = { activation: { softplus: {} } };
      return w.finish(linear(-1), w.step("softplus", softplus, w.step("neg", linear(-1), x)));
    }
    case "softShrink": {
      const { threshold } = activation;
      const above = w.step("above", RELU, w.step("lower", linear(1, -threshold), x));
      const below = w.step("below", RELU, w.step("raise", linear(-1, -threshold), x));
      return w.finish(ADD, above, w.step("neg", linear(-1), below));
    }
    case "hardShrink": {
      const kept = { activation: { thresholdedReLU: { alpha: nextFloat(activation.threshold) } } };
      const below = w.step("below", kept, w.step("neg", linear(-1), x));
      return w.finish(ADD, w.step("above", kept, x), w.step("neg2", linear(-1), below));
    }
    case "tanhShrink":
      return w.finish(ADD, x, w.step("neg", linear(-1), w.step("tanh", TANH, x)));
    case "squareplus": {
      const root = w.step(
        "root",
        unary("SQRT", { shift: activation.b }),
        w.step("square", MULTIPLY, x, x),
      );
      return w.finish(linear(0.5), w.step("sum", ADD, x, root));
    }
    case "sparsePlus": {
      const ramp = w.step("ramp", { activation: { sigmoidHard: { alpha: 0.5, beta: 0.5 } } }, x);
      const above = w.step("above", RELU, w.step("lower", linear(1, -1), x));
      return w.finish(ADD, w.step("square", MULTIPLY, ramp, ramp), above);
    }
    case "threshold":
      return emitThreshold(activation, w, x);
    default:
      return w.finish({ activation: simpleActivation(activation) ?? { linear: { alpha: 1 } } }, x);
  }
}

/** `mask * x + value - value * mask`, the mask being 1 where x > threshold. */
function emitThreshold(
  { threshold, value }: Extract<Activation, { readonly fn: "threshold" }>,
  w: NodeWriter,
  x: string,
): string {
  const kept = { activation: { thresholdedReLU: { alpha: nextFloat(threshold) } } };
  if (value === 0) return w.finish(kept, x);
  const mask = w.step("mask", { greaterThan: { alpha: threshold } }, x);
  return w.finish(
    ADD,
    w.step("kept", MULTIPLY, x, mask),
    w.step("filled", linear(-value, value), mask),
  );
}

/**
 * The exact form is a layer of specification 4; the tanh form is composed of classic layers:
 * `x * (0.5 * tanh(sqrt(2 / pi) * (x + 0.044715 x³)) + 0.5)`.
 */
function emitGelu(approximate: boolean, w: NodeWriter, x: string, emission: Emission): string {
  if (!approximate) return w.finish({ gelu: { mode: "EXACT" } }, x);
  if (emission.arrays === "exact") return w.finish({ gelu: { mode: "TANH_APPROXIMATION" } }, x);
  const factor = w.step("factor", linear(0.044715, 1), w.step("square", MULTIPLY, x, x));
  const tanh = { activation: { scaledTanh: { alpha: 1, beta: Math.sqrt(2 / Math.PI) } } };
  const bent = w.step("tanh", tanh, w.step("product", MULTIPLY, x, factor));
  return w.finish(MULTIPLY, x, w.step("gate", linear(0.5, 0.5), bent));
}

/** ReLU with a maximum, and with slope and threshold together, which no single layer has. */
function emitRelu(
  node: Node,
  { negativeSlope, maxValue, threshold }: Extract<Activation, { readonly fn: "relu" }>,
  w: NodeWriter,
  x: string,
): string {
  if (maxValue === null) return w.finish(ADD, ...slopeParts(negativeSlope, threshold, w, x));
  if (maxValue < threshold)
    refuse(node, `max_value ${maxValue} lies below threshold ${threshold}.`);
  const simple = simpleActivation({ fn: "relu", negativeSlope, maxValue: null, threshold });
  const bent =
    simple === undefined
      ? w.step("relu", ADD, ...slopeParts(negativeSlope, threshold, w, x))
      : w.stepAs(w.name, "relu", { activation: simple }, x);
  return emitAtMost(maxValue, w, bent);
}

/** `x` where x >= threshold, and `slope * (x - threshold)` below: their sum is the function. */
function slopeParts(
  slope: number,
  threshold: number,
  w: NodeWriter,
  x: string,
): readonly [string, string] {
  const kept = w.step("kept", { activation: { thresholdedReLU: { alpha: threshold } } }, x);
  const under = w.step("under", RELU, w.step("distance", linear(-1, threshold), x));
  return [kept, w.step("slope", linear(-slope), under)];
}

/** `min(x, bound)` in layers of specification 1, named as coremltools names them. */
export function emitAtMost(bound: number, w: NodeWriter, x: string): string {
  const clipped = w.step("clip", atLeast(-bound), w.step("neg", linear(-1), x));
  return w.finishAs(`${w.name}_neg2`, linear(-1), clipped);
}

/**
 * What selu is made of, in full.
 * @see Klambauer et al. 2017, Self-Normalizing Neural Networks
 */
const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;
