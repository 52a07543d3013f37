import type { Node } from "../../ir/graph.ts";
import type { ActivationOp, PreluOp, UnaryOp } from "../../ir/ops/activation.ts";
import type { Emitters } from "../target.ts";
import { activate, clip } from "./activation-function.ts";
import { broadcastWeight } from "./broadcast-weight.ts";
import type { Emission } from "./emission.ts";
import type { Scribe } from "./scribe.ts";

/** Functions of every number; the axes stay as they lie. */
export const activationEmitters: Pick<Emitters<Emission>, "activation" | "prelu" | "unary"> = {
  activation: emitActivation,
  prelu: emitPrelu,
  unary: emitUnary,
};

function emitActivation(node: Node<ActivationOp>, emission: Emission): void {
  const { activation } = node.op;
  if (activation.fn === "linear") {
    emission.put(node.outputs[0] ?? "", emission.input(node));
    return;
  }
  const { name, order } = emission.float(node);
  emission.place(node, activate(emission.scribe(node), activation, name, order), { order });
}

function emitPrelu(node: Node<PreluOp>, emission: Emission): void {
  const w = emission.scribe(node);
  const { name, order } = emission.float(node);
  const slope = w.weight("alpha", broadcastWeight(node.op.weights.alpha, order));
  emission.place(node, w.add("PRelu", [name, slope]), { order });
}

function emitUnary(node: Node<UnaryOp>, emission: Emission): void {
  const { name, order } = emission.float(node);
  emission.place(node, unary(emission.scribe(node), node.op, name), { order });
}

function unary(w: Scribe, op: UnaryOp, x: string): string {
  switch (op.fn) {
    case "square":
      return w.add("Mul", [x, x]);
    case "rsqrt":
      return w.add("Reciprocal", [w.add("Sqrt", [x])]);
    case "power":
      return w.add("Pow", [x, w.scalar(op.exponent ?? 1)]);
    case "clip":
      return clip(w, x, op.min, op.max);
    default:
      return w.add(OPERATORS[op.fn], [x]);
  }
}

const OPERATORS: Readonly<
  Record<Exclude<UnaryOp["fn"], "square" | "rsqrt" | "power" | "clip">, string>
> = {
  abs: "Abs",
  neg: "Neg",
  sqrt: "Sqrt",
  log: "Log",
  reciprocal: "Reciprocal",
  sin: "Sin",
  cos: "Cos",
  floor: "Floor",
  ceil: "Ceil",
  round: "Round",
  sign: "Sign",
};
