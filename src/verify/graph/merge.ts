import type { ConcatOp, MergeOp } from "../../ir/ops/merge.ts";
import { at, build, dim, pick, type Tensor } from "./tensor.ts";

/** Several inputs to one, number by number; axes of size 1 broadcast. */
export function merge(op: MergeOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const shape = at(inputs, 0).shape.map((_, axis) => Math.max(...inputs.map((x) => dim(x, axis))));
  return [
    build(shape, (index) => {
      const values = inputs.map((x) => pick(x, index));
      return combine(op.fn, values);
    }),
  ];
}

/** Inputs one after another along an axis. */
export function concat(op: ConcatOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const total = inputs.reduce((sum, x) => sum + dim(x, op.axis), 0);
  return [
    build(at(inputs, 0).shape.with(op.axis, total), (index) => {
      let along = at(index, op.axis);
      for (const x of inputs) {
        if (along < dim(x, op.axis)) return pick(x, index.with(op.axis, along));
        along -= dim(x, op.axis);
      }
      throw new RangeError("beyond the last input");
    }),
  ];
}

function combine(fn: MergeOp["fn"], values: readonly number[]): number {
  switch (fn) {
    case "add":
      return values.reduce((a, x) => a + x);
    case "subtract":
      return values.reduce((a, x) => a - x);
    case "multiply":
      return values.reduce((a, x) => a * x);
    case "divide":
      return values.reduce((a, x) => a / x);
    case "average":
      return values.reduce((a, x) => a + x) / values.length;
    case "maximum":
      return Math.max(...values);
    case "minimum":
      return Math.min(...values);
  }
}
