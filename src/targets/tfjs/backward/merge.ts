import {
  cast,
  div,
  greaterEqual,
  lessEqual,
  mul,
  neg,
  slice,
  square,
  sub,
  type Tensor,
} from "@tensorflow/tfjs-core";
import type { ConcatOp, MergeOp } from "../../../ir/ops/merge.ts";
import { tensorAt } from "../forward.ts";
import { merge } from "../merge.ts";
import type { Backward } from "./backward.ts";
import { gradientKernels } from "./gradient-kernels.ts";
import { taped } from "./taped.ts";
import { unbroadcast } from "./unbroadcast.ts";

/** Several inputs to one; gradients of inputs that were broadcast are summed. */
export const mergeBackward: Backward<MergeOp> = {
  reads: ({ fn }) => (LINEAR.has(fn) ? "nothing" : "inputs"),
  gradients: (op, step) => {
    const { inputs, shapes, gradient, wants } = step;
    if (EXTREME.has(op.fn) && shapes.length > 2) return extreme.gradients(op, step);
    return {
      inputs: shapes.map((shape, index) =>
        wants(index) ? unbroadcast(shareOf(op, inputs, index, gradient), shape) : undefined,
      ),
      weights: [],
    };
  },
};

const EXTREME: ReadonlySet<MergeOp["fn"]> = new Set<MergeOp["fn"]>(["maximum", "minimum"]);

const extreme = taped<MergeOp>(merge);

/** Those whose slopes are the same everywhere. */
const LINEAR: ReadonlySet<MergeOp["fn"]> = new Set<MergeOp["fn"]>(["add", "average", "subtract"]);

/** Each input's part of the whole. */
export const concatBackward: Backward<ConcatOp> = {
  reads: () => "nothing",
  gradients: ({ axis }, { shapes, gradient, wants }) => {
    let start = 0;
    const parts = shapes.map((shape, index) => {
      const first = start;
      start += shape[axis] ?? 0;
      return wants(index) ? partOf(gradient, axis, first, shape) : undefined;
    });
    return { inputs: parts, weights: [] };
  },
};

function partOf(dy: Tensor, axis: number, first: number, shape: readonly number[]): Tensor {
  const { takeColumns } = gradientKernels();
  const own = axis === dy.rank - 1 ? takeColumns?.(dy, first, shape[axis] ?? 0) : undefined;
  return (
    own ??
    slice(
      dy,
      shape.map((_, at) => (at === axis ? first : 0)),
      [...shape],
    )
  );
}

function shareOf(op: MergeOp, inputs: readonly Tensor[], index: number, dy: Tensor): Tensor {
  switch (op.fn) {
    case "add":
      return dy;
    case "average":
      return div(dy, inputs.length);
    case "subtract":
      return index === 0 ? dy : neg(dy);
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
  const [a, b] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
  const first = cast(fn === "maximum" ? greaterEqual(a, b) : lessEqual(a, b), "float32");
  return index === 0 ? first : sub(1, first);
}
