import type { ValueId } from "../../../ir/graph.ts";
import { constantWeight } from "../../../weights/constant.ts";
import { resolveAxes } from "./axes.ts";
import {
  numbersOption,
  type Operation,
  type OperationLowering,
  valueOperand,
} from "./operation.ts";
import { emitAffine } from "./preprocessing.ts";

/**
 * Operations on truth values: those of which Keras 3 builds masks and writes them into functional models. True
 * is 1, so that the greater of two is their `or`.
 */
export const logicOperations: ReadonlyMap<string, OperationLowering> = new Map<
  string,
  OperationLowering
>([
  ["notequal", lowerNotEqual],
  ["logicalor", (operation) => [combine(operation, "maximum")]],
  ["logicaland", (operation) => [combine(operation, "minimum")]],
  ["any", lowerAny],
  ["zeroslike", (operation) => [filled(operation, 0)]],
  ["oneslike", (operation) => [filled(operation, 1)]],
]);

function lowerNotEqual(operation: Operation): readonly ValueId[] {
  const { call } = operation;
  const x = valueOperand(operation, 0, "x1", "x");
  const other = operation.operand(1, "x2", "y");
  const value = other !== undefined && "literal" in other ? other.literal : undefined;
  if (typeof value !== "number") return call.refuse("only comparison with a number is known.");
  return [call.emit({ kind: "notEqualMask", value, reduceLast: false, weights: {} }, x)];
}

function combine(operation: Operation, fn: "maximum" | "minimum"): ValueId {
  const { call } = operation;
  const a = valueOperand(operation, 0, "x1");
  const b = valueOperand(operation, 1, "x2");
  return call.emit({ kind: "merge", fn, weights: {} }, a, b);
}

function lowerAny(operation: Operation): readonly ValueId[] {
  const { call } = operation;
  const x = valueOperand(operation, 0, "x");
  const rank = call.shapeOf(x).length;
  const axes = resolveAxes(call, numbersOption(operation, "axis") ?? [0], rank);
  if (axes.join() !== String(rank - 1) || operation.option("keepdims") === true) {
    call.refuse("only over the last axis can it be expressed.");
  }
  return [call.emit({ kind: "notEqualMask", value: 0, reduceLast: true, weights: {} }, x)];
}

function filled(operation: Operation, value: 0 | 1): ValueId {
  const { call } = operation;
  const { layer } = call.origin;
  return emitAffine(call, valueOperand(operation, 0, "x"), {
    scale: constantWeight(`${layer}/0`, [1], [0]),
    ...(value === 0 ? {} : { offset: constantWeight(`${layer}/1`, [1], [1]) }),
  });
}
