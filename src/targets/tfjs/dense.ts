import {
  add,
  broadcastTo,
  cast,
  div,
  fused,
  gather,
  matMul,
  maximum,
  reshape,
  sqrt,
  square,
  sum,
  type Tensor,
  transpose,
} from "@tensorflow/tfjs-core";
import type { DenseOp, DotOp, EmbeddingOp, MatmulOp } from "../../ir/ops/dense.ts";
import { applyFused } from "./activation-function.ts";
import {
  type Computed,
  computed,
  type FusedActivation,
  optionalWeight,
  tensorAt,
  type WeightLookup,
} from "./forward.ts";
import { onTape } from "./on-tape.ts";
import { sizeAt } from "./rank.ts";
import { tensorflowOps } from "./tensorflow/operations.ts";
import { takeRows } from "./tensorflow/rows.ts";

/** Matrix product over the last axis. */
export function dense(
  op: DenseOp,
  inputs: readonly Tensor[],
  weightOf: WeightLookup,
  activation: FusedActivation,
): Computed {
  const bias = optionalWeight(op.weights.bias, weightOf);
  return computed(project(tensorAt(inputs, 0), weightOf(op.weights.kernel), bias, activation));
}

/** `x · kernel + bias` over the last axis of an input of any rank. */
export function project(
  x: Tensor,
  kernel: Tensor,
  bias: Tensor | undefined,
  activation: FusedActivation = "linear",
): Tensor {
  const a = x.rank === 2 ? x : reshape(x, [-1, sizeAt(x, -1)]);
  const y = onTape()
    ? applyFused(activation, withBias(matMul(a, kernel), bias))
    : fused.matMul({ a, b: kernel, activation, ...(bias === undefined ? {} : { bias }) });
  return x.rank === 2 ? y : reshape(y, [...x.shape.slice(0, -1), sizeAt(kernel, 1)]);
}

function withBias(x: Tensor, bias: Tensor | undefined): Tensor {
  return bias === undefined ? x : add(x, bias);
}

/** Matrix product of the last two axes; leading axes of size 1 broadcast. */
export function matmul(op: MatmulOp, inputs: readonly Tensor[]): Computed {
  const a = op.transposeA ? swapLast(tensorAt(inputs, 0)) : tensorAt(inputs, 0);
  const b = op.transposeB ? swapLast(tensorAt(inputs, 1)) : tensorAt(inputs, 1);
  return computed(multiply(a, b));
}

/** Inner products of two inputs along one axis each, sample by sample. */
export function dot(op: DotOp, inputs: readonly Tensor[]): Computed {
  const [axisA, axisB] = op.axes;
  const a = op.normalize ? normalise(tensorAt(inputs, 0), axisA) : tensorAt(inputs, 0);
  const b = op.normalize ? normalise(tensorAt(inputs, 1), axisB) : tensorAt(inputs, 1);
  const [restA, restB] = [restOf(a, axisA), restOf(b, axisB)];
  const left = reshape(transpose(a, [0, ...restA, axisA]), [sizeAt(a, 0), -1, sizeAt(a, axisA)]);
  const right = reshape(transpose(b, [0, axisB, ...restB]), [sizeAt(b, 0), sizeAt(b, axisB), -1]);
  const product = matMul(left, right);
  const rest = [...restA.map((axis) => sizeAt(a, axis)), ...restB.map((axis) => sizeAt(b, axis))];
  return computed(reshape(product, [sizeAt(product, 0), ...(rest.length === 0 ? [1] : rest)]));
}

/** Rows of a table by number. */
export function embedding(
  op: EmbeddingOp,
  inputs: readonly Tensor[],
  weightOf: WeightLookup,
): Computed {
  const [table, numbers] = [weightOf(op.weights.embeddings), cast(tensorAt(inputs, 0), "int32")];
  const ops = tensorflowOps();
  return computed(ops === undefined ? gather(table, numbers) : takeRows(ops, table, numbers));
}

/** tfjs repeats the smaller stack of matrices as a whole, which is not how shapes such as (2, 3) and (2, 1) broadcast. */
function multiply(a: Tensor, b: Tensor): Tensor {
  const lead = a.shape.slice(0, -2).map((size, axis) => Math.max(size, sizeAt(b, axis)));
  const whole = (x: Tensor): Tensor => {
    const own = x.shape.slice(0, -2);
    if (own.every((size) => size === 1) || own.every((size, axis) => size === lead[axis])) return x;
    return broadcastTo(x, [...lead, ...x.shape.slice(-2)]);
  };
  return matMul(whole(a), whole(b));
}

/** Turned explicitly: the wasm kernel is many times slower when it multiplies a transposed matrix. */
function swapLast(x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis);
  return transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}

function restOf(x: Tensor, contracted: number): readonly number[] {
  return x.shape.map((_, axis) => axis).filter((axis) => axis !== 0 && axis !== contracted);
}

function normalise(x: Tensor, axis: number): Tensor {
  return div(x, sqrt(maximum(sum(square(x), axis, true), 1e-12)));
}
