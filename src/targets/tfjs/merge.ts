import {
  add,
  div,
  maximum,
  minimum,
  mul,
  sub,
  type Tensor,
  concat as together,
} from "@tensorflow/tfjs-core";
import type { ConcatOp, MergeOp } from "../../ir/ops/merge.ts";
import { type Computed, computed, tensorAt } from "./forward.ts";

/** Several inputs to one, number by number; axes of size 1 broadcast. */
export function merge(op: MergeOp, inputs: readonly Tensor[]): Computed {
  const f = PAIRS[op.fn];
  const joined = inputs.slice(1).reduce<Tensor>((sum, x) => f(sum, x), tensorAt(inputs, 0));
  return computed(op.fn === "average" ? div(joined, inputs.length) : joined);
}

/** Inputs one after another along an axis. */
export function concat(op: ConcatOp, inputs: readonly Tensor[]): Computed {
  return computed(together([...inputs], op.axis));
}

/** How two numbers become one; an average is a sum until its end. */
const PAIRS: Readonly<Record<MergeOp["fn"], (a: Tensor, b: Tensor) => Tensor>> = {
  add,
  average: add,
  subtract: sub,
  multiply: mul,
  divide: div,
  maximum,
  minimum,
};
