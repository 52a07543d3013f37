import {
  cast,
  div,
  greaterEqual,
  lessEqual,
  mul,
  neg,
  reshape,
  slice,
  square,
  sub,
  sum,
  type Tensor,
} from "@tensorflow/tfjs-core";
import { fail } from "../../../errors.ts";
import type { ConcatOp, MergeOp } from "../../../ir/ops/merge.ts";
import { tensorAt } from "../forward.ts";
import { sizeAt } from "../rank.ts";
import type { Backward } from "./backward.ts";

/** Several inputs to one; gradients of inputs that were broadcast are summed. */
export const mergeBackward: Backward<MergeOp> = {
  reads: () => "inputs",
  gradients: (op, { inputs, gradient, wants }) => ({
    inputs: inputs.map((x, index) =>
      wants(index) ? unbroadcast(shareOf(op, inputs, index, gradient), x.shape) : undefined,
    ),
    weights: [],
  }),
};

/** Each input's part of the whole. */
export const concatBackward: Backward<ConcatOp> = {
  reads: () => "inputs",
  gradients: ({ axis }, { inputs, gradient, wants }) => {
    let start = 0;
    const parts = inputs.map((x, index) => {
      const begin = x.shape.map((_, at) => (at === axis ? start : 0));
      start += sizeAt(x, axis);
      return wants(index) ? slice(gradient, begin, x.shape) : undefined;
    });
    return { inputs: parts, weights: [] };
  },
};

/** Sums over the axes along which a tensor of this shape was repeated. */
export function unbroadcast(gradient: Tensor, shape: readonly number[]): Tensor {
  const lead = gradient.rank - shape.length;
  const axes = gradient.shape
    .map((_, axis) => axis)
    .filter((axis) => axis < lead || (shape[axis - lead] === 1 && sizeAt(gradient, axis) !== 1));
  return axes.length === 0 ? gradient : reshape(sum(gradient, axes, true), [...shape]);
}

function shareOf(op: MergeOp, inputs: readonly Tensor[], index: number, dy: Tensor): Tensor {
  switch (op.fn) {
    case "add":
      return mul(dy, 1);
    case "average":
      return div(dy, inputs.length);
    case "subtract":
      return index === 0 ? mul(dy, 1) : neg(dy);
    case "multiply":
      return inputs.reduce(
        (product, x, other) => (other === index ? product : mul(product, x)),
        dy,
      );
    case "divide": {
      const [a, b] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
      return index === 0 ? div(dy, b) : neg(div(mul(dy, a), square(b)));
    }
    case "maximum":
    case "minimum":
      return mul(dy, winner(op.fn, inputs, index));
  }
}

/** 1 where this input gave the result. Of equal ones the first wins, as in TensorFlow. */
function winner(fn: "maximum" | "minimum", inputs: readonly Tensor[], index: number): Tensor {
  if (inputs.length !== 2)
    fail("unsupported", `a ${fn} of more than two inputs cannot be trained through.`);
  const [a, b] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
  const first = cast(fn === "maximum" ? greaterEqual(a, b) : lessEqual(a, b), "float32");
  return index === 0 ? first : sub(1, first);
}
