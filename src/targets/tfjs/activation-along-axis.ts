import {
  add,
  cumsum,
  div,
  greater,
  logSoftmax,
  mul,
  ones,
  range,
  relu,
  sigmoid,
  softmax,
  split,
  sub,
  sum,
  type Tensor,
  topk,
  transpose,
  where,
  zerosLike,
} from "@tensorflow/tfjs-core";
import type { Activation } from "../../ir/ops/activation.ts";
import { tensorAt } from "./forward.ts";
import { sizeAt } from "./rank.ts";

/** Activations that look along one axis. */
export type AxisActivation = Extract<Activation, { readonly axis: number }>;

/** The value of one of them. */
export function alongAxis(f: AxisActivation, x: Tensor): Tensor {
  if (f.fn === "glu") {
    const halves = split(x, 2, f.axis);
    return mul(tensorAt(halves, 0), sigmoid(tensorAt(halves, 1)));
  }
  const last = x.rank - 1;
  if (f.axis === last) return alongLast(f.fn, x);
  const order = x.shape
    .map((_, axis) => axis)
    .with(f.axis, last)
    .with(last, f.axis);
  return transpose(alongLast(f.fn, transpose(x, order)), order);
}

function alongLast(fn: Exclude<AxisActivation["fn"], "glu">, x: Tensor): Tensor {
  if (fn === "softmax") return softmax(x);
  return fn === "logSoftmax" ? logSoftmax(x) : sparsemax(x);
}

/** The nearest point of the probability simplex, as Keras computes it: see the op's comment. */
function sparsemax(x: Tensor): Tensor {
  const { values } = topk(x, sizeAt(x, -1), true);
  const sums = sub(cumsum(values, x.rank - 1), 1);
  const places = range(1, sizeAt(x, -1) + 1);
  const supported = greater(mul(values, places), sums);
  const none = zerosLike(sums);
  const count = sum(where(supported, ones(sums.shape), none), -1, true);
  // The sum of S_k - 1 over the places, less by the ones beyond the first.
  const total = sum(where(supported, add(sums, 1), none), -1, true);
  return relu(sub(x, div(sub(total, 1), count)));
}
