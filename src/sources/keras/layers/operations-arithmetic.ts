import type { ValueId } from "../../../ir/graph.ts";
import type { MergeOp } from "../../../ir/ops/merge.ts";
import { constantWeight } from "../../../weights/constant.ts";
import { reshapeWeight } from "../../../weights/reshape.ts";
import type { LayerCall } from "../layer-spec.ts";
import { emitActivation } from "./activation.ts";
import {
  flagOption,
  literalNumbers,
  literalWeight,
  type Operation,
  type OperationLowering,
  valueOperand,
} from "./operation.ts";
import { emitUnary } from "./operations-unary.ts";
import { emitAffine } from "./preprocessing.ts";

type MergeFn = MergeOp["fn"] | "power";
type Literal = NonNullable<ReturnType<typeof literalNumbers>>;

/** Operations on two operands, of which one may be a constant. */
export const arithmeticOperations: ReadonlyMap<string, OperationLowering> = new Map(
  (
    [
      ["add", "add"],
      ["addv2", "add"],
      ["biasadd", "add"],
      ["subtract", "subtract"],
      ["sub", "subtract"],
      ["multiply", "multiply"],
      ["mul", "multiply"],
      ["divide", "divide"],
      ["truedivide", "divide"],
      ["truediv", "divide"],
      ["realdiv", "divide"],
      ["div", "divide"],
      ["maximum", "maximum"],
      ["minimum", "minimum"],
      ["power", "power"],
      ["pow", "power"],
    ] as const
  ).map(([name, fn]) => [name, (operation: Operation) => [lowerBinary(operation, fn)]] as const),
);

/** Matrix product over the last two axes. */
export function lowerMatmul(operation: Operation): readonly ValueId[] {
  const { call } = operation;
  const a = valueOperand(operation, 0, "a", "x1", "x");
  const b = valueOperand(operation, 1, "b", "x2", "y");
  const ranks = [call.shapeOf(a).length, call.shapeOf(b).length];
  if (ranks[0] !== ranks[1] || (ranks[0] ?? 0) < 3) {
    call.refuse("a matrix product across samples of the batch cannot be expressed.");
  }
  const transposeA = flagOption(operation, "transpose_a", "adj_x");
  const transposeB = flagOption(operation, "transpose_b", "adj_y");
  return [call.emit({ kind: "matmul", transposeA, transposeB, weights: {} }, a, b)];
}

function lowerBinary(operation: Operation, fn: MergeFn): ValueId {
  const { call } = operation;
  const a = operation.operand(0, "x", "x1", "value");
  const b = operation.operand(1, "y", "x2", "bias");
  if (a === undefined || b === undefined) return call.refuse("it takes two operands.");
  if ("value" in a && "value" in b) return mergeValues(call, fn, a.value, b.value);
  const literal = "literal" in a ? a.literal : "literal" in b ? b.literal : null;
  const numbers = literalNumbers(literal);
  if (numbers === undefined) {
    return call.refuse(`the constant ${JSON.stringify(literal).slice(0, 60)} is not numbers.`);
  }
  if ("value" in a) return withRight(call, fn, a.value, numbers);
  if ("value" in b) return withLeft(call, fn, numbers, b.value);
  return call.refuse("both its operands are constants.");
}

function mergeValues(call: LayerCall, fn: MergeFn, a: ValueId, b: ValueId): ValueId {
  if (fn === "power") return call.refuse("a power with a computed exponent cannot be expressed.");
  if (call.shapeOf(a).length !== call.shapeOf(b).length) {
    call.refuse("operands of different rank would meet across samples of the batch.");
  }
  return call.emit({ kind: "merge", fn, weights: {} }, a, b);
}

/** `x fn constant`. */
function withRight(call: LayerCall, fn: MergeFn, x: ValueId, c: Literal): ValueId {
  if (!fits(call, x, c) || ((fn === "maximum" || fn === "minimum") && c.values.length > 1)) {
    return mergeValues(call, fn, x, constantValue(call, x, c));
  }
  const [scalar = 0] = c.values;
  switch (fn) {
    case "add":
      return emitAffine(call, x, { offset: literalWeight(call, c) });
    case "subtract":
      return emitAffine(call, x, { offset: literalWeight(call, c, (value) => -value) });
    case "multiply":
      return emitAffine(call, x, { scale: literalWeight(call, c) });
    case "divide":
      return emitAffine(call, x, { scale: literalWeight(call, c, (value) => 1 / value) });
    case "maximum":
      return call.emit({ kind: "unary", fn: "clip", min: scalar, weights: {} }, x);
    case "minimum":
      return call.emit({ kind: "unary", fn: "clip", max: scalar, weights: {} }, x);
    case "power":
      if (c.values.length !== 1) call.refuse("a power with several exponents cannot be expressed.");
      return scalar === 2
        ? emitUnary(call, "square", x)
        : call.emit({ kind: "unary", fn: "power", exponent: scalar, weights: {} }, x);
    case "average":
      return call.refuse("an average with a constant cannot be expressed.");
  }
}

/** `constant fn x`, where that differs from the other way round. */
function withLeft(call: LayerCall, fn: MergeFn, c: Literal, x: ValueId): ValueId {
  if (fn === "subtract" && fits(call, x, c)) {
    return emitAffine(call, x, { scale: minusOne(call), offset: literalWeight(call, c) });
  }
  if (fn === "divide") return withRight(call, "multiply", emitUnary(call, "reciprocal", x), c);
  if (fn === "power") return exponential(call, c, x);
  if (fn === "subtract") return mergeValues(call, fn, constantValue(call, x, c), x);
  return withRight(call, fn, x, c);
}

/** `c ** x` as `exp(x * ln c)`. */
function exponential(call: LayerCall, c: Literal, x: ValueId): ValueId {
  if (c.values.some((value) => value <= 0) || !fits(call, x, c)) {
    call.refuse("a power of a base that is not positive cannot be expressed.");
  }
  const scaled = emitAffine(call, x, { scale: literalWeight(call, c, Math.log) });
  return emitActivation(call, { fn: "exponential" }, scaled);
}

/** Whether a constant broadcasts to a value without making it larger. */
function fits(call: LayerCall, x: ValueId, c: Literal): boolean {
  const shape = call.shapeOf(x);
  const lead = shape.length - c.shape.length;
  return lead >= 0 && c.shape.every((dim, axis) => dim === 1 || dim === shape[axis + lead]);
}

/** The constant as a value of the rank of `x`, with a 1 in place of the batch. */
function constantValue(call: LayerCall, x: ValueId, c: Literal): ValueId {
  const rank = call.shapeOf(x).length;
  const lead = rank - c.shape.length;
  if (lead < 0 || (lead === 0 && c.shape[0] !== 1)) {
    call.refuse("a constant that stretches over the batch cannot be expressed.");
  }
  const ones = Array.from({ length: lead }, () => 1);
  const value = reshapeWeight(literalWeight(call, c), [...ones, ...c.shape]);
  return call.emit({ kind: "constant", weights: { value } });
}

function minusOne(call: LayerCall) {
  return constantWeight(`${call.origin.layer}/-1`, [1], [-1]);
}
