import { broadcastShape, broadcastTo, combine } from "../../broadcast.ts";
import { emptyTensor } from "../../tensor.ts";
import type { OperationCall, OperationRun } from "../call.ts";

/** Number by number, with broadcasting as in numpy. */
export const add = binary((a, b) => a + b);
export const sub = binary((a, b) => a - b);
export const mul = binary((a, b) => a * b);
export const real_div = binary((a, b) => a / b);
export const floor_div = binary((a, b) => Math.floor(a / b));
export const mod = binary((a, b) => a - Math.floor(a / b) * b);
export const pow = binary((a, b) => a ** b);
export const maximum = binary(Math.max);
export const minimum = binary(Math.min);

/** Truth values. */
export const equal = relation((a, b) => a === b);
export const not_equal = relation((a, b) => a !== b);
export const greater = relation((a, b) => a > b);
export const greater_equal = relation((a, b) => a >= b);
export const less = relation((a, b) => a < b);
export const less_equal = relation((a, b) => a <= b);
export const logical_and = relation((a, b) => a !== 0 && b !== 0);
export const logical_or = relation((a, b) => a !== 0 || b !== 0);
export const logical_xor = relation((a, b) => (a !== 0) !== (b !== 0));

/** The condition chooses between `a` and `b`. */
export const select: OperationRun = (call) => {
  const tensors = ["cond", "a", "b"].map((name) => call.tensor(name));
  const shape = broadcastShape(
    call,
    tensors.map((tensor) => tensor.shape),
  );
  const [condition, yes, no] = tensors.map((tensor) => broadcastTo(tensor, shape).data);
  const result = emptyTensor(shape);
  for (let index = 0; index < result.data.length; index++) {
    result.data[index] = ((condition?.[index] ?? 0) !== 0 ? yes?.[index] : no?.[index]) ?? 0;
  }
  return { ...result, dataType: call.tensor("a").dataType };
};

function operands(call: OperationCall) {
  const x = call.tensor("x");
  const y = call.tensor("y");
  if (x.dataType !== y.dataType) {
    call.fail(`joins ${x.dataType} with ${y.dataType}, which must be of one type`, "bad-config");
  }
  return [x, y];
}

function binary(f: (left: number, right: number) => number): OperationRun {
  return (call) => combine(call, operands(call), f);
}

function relation(holds: (left: number, right: number) => boolean): OperationRun {
  return (call) => ({
    ...combine(call, operands(call), (a, b) => Number(holds(a, b))),
    dataType: "BOOL",
  });
}
