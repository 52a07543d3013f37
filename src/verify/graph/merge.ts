import { fail } from "../../errors.ts";
import type { ConcatOp, MergeOp } from "../../ir/ops/merge.ts";
import { sizeOf } from "../../ir/tensor.ts";
import { broadcast } from "./gather.ts";
import { at, dim, type Tensor, zeros } from "./tensor.ts";

/** Several inputs to one, number by number; axes of size 1 broadcast. */
export function merge(op: MergeOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const shape = at(inputs, 0).shape.map((_, axis) => Math.max(...inputs.map((x) => dim(x, axis))));
  const [first, ...others] = inputs.map((x) => broadcast(x, shape));
  if (first === undefined) return fail("internal", "A merge has no inputs.");
  const data = first.slice();
  const f = pairOf(op.fn);
  for (const other of others) {
    for (let i = 0; i < data.length; i++) data[i] = f(data[i] ?? 0, other[i] ?? 0);
  }
  if (op.fn !== "average") return [{ shape, data }];
  return [{ shape, data: data.map((sum) => sum / inputs.length) }];
}

/** Inputs one after another along an axis. */
export function concat(op: ConcatOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const { shape } = at(inputs, 0);
  const total = inputs.reduce((sum, x) => sum + dim(x, op.axis), 0);
  const result = zeros(shape.with(op.axis, total));
  const inner = sizeOf(shape.slice(op.axis + 1));
  let column = 0;
  for (const x of inputs) {
    const width = dim(x, op.axis) * inner;
    for (let from = 0, to = column; from < x.data.length; from += width, to += total * inner) {
      result.data.set(x.data.subarray(from, from + width), to);
    }
    column += width;
  }
  return [result];
}

/** How two numbers become one; an average is a sum until its end. */
function pairOf(fn: MergeOp["fn"]): (a: number, b: number) => number {
  switch (fn) {
    case "add":
    case "average":
      return (a, b) => a + b;
    case "subtract":
      return (a, b) => a - b;
    case "multiply":
      return (a, b) => a * b;
    case "divide":
      return (a, b) => a / b;
    case "maximum":
      return Math.max;
    case "minimum":
      return Math.min;
  }
}
