import {
  abs,
  add,
  ceil,
  clipByValue,
  cos,
  floor,
  log,
  minimum,
  mul,
  neg,
  pow,
  reciprocal,
  relu,
  reshape,
  round,
  rsqrt,
  scalar,
  sign,
  sin,
  sqrt,
  square,
  type Tensor,
} from "@tensorflow/tfjs-core";
import type { ActivationOp, PreluOp, UnaryOp } from "../../ir/ops/activation.ts";
import { activate } from "./activation-function.ts";
import { type Computed, computed, tensorAt, type WeightLookup } from "./forward.ts";

/** An activation as a layer of its own. */
export function activation(op: ActivationOp, inputs: readonly Tensor[]): Computed {
  return computed(activate(op.activation, tensorAt(inputs, 0)));
}

/** Leaky for negative numbers, with a slope learned for each place or channel. Composed: the wasm kernel does not broadcast. */
export function prelu(op: PreluOp, inputs: readonly Tensor[], weightOf: WeightLookup): Computed {
  const x = tensorAt(inputs, 0);
  const alpha = weightOf(op.weights.alpha);
  const slopes = reshape(alpha, [1, ...alpha.shape]);
  return computed(add(relu(x), mul(slopes, minimum(x, 0))));
}

/** One function of every number. */
export function unary(op: UnaryOp, inputs: readonly Tensor[]): Computed {
  return computed(unaryOf(op, tensorAt(inputs, 0)));
}

function unaryOf(op: UnaryOp, x: Tensor): Tensor {
  switch (op.fn) {
    case "power":
      return pow(x, scalar(op.exponent ?? Number.NaN));
    case "clip":
      return clipByValue(x, op.min ?? Number.NEGATIVE_INFINITY, op.max ?? Number.POSITIVE_INFINITY);
    default:
      return UNARY[op.fn](x);
  }
}

const UNARY: Readonly<Record<Exclude<UnaryOp["fn"], "power" | "clip">, (x: Tensor) => Tensor>> = {
  abs,
  neg,
  square,
  sqrt,
  rsqrt,
  log,
  reciprocal,
  sin,
  cos,
  floor,
  ceil,
  round,
  sign,
};
