import { type Dim, formatShape, type NoWeights, type TensorType } from "../tensor.ts";
import { broadcastDim, dimAt, dimsMeet, expectAxis, floatOf, misfit } from "./expect.ts";

/** Element by element over two or more inputs of equal rank, broadcasting as numpy does. */
export interface MergeOp {
  readonly kind: "merge";
  /** subtract and divide take exactly two inputs. */
  readonly fn: "add" | "subtract" | "multiply" | "divide" | "average" | "maximum" | "minimum";
  readonly weights: NoWeights;
}

/** Joins inputs along one positive axis. */
export interface ConcatOp {
  readonly kind: "concat";
  readonly axis: number;
  readonly weights: NoWeights;
}

/** Output type of `merge`: the broadcast shape. */
export function inferMerge(op: MergeOp, inputs: readonly TensorType[]): readonly TensorType[] {
  const [first, ...others] = inputs;
  if (first === undefined || others.length === 0) {
    return misfit(`The layer takes two or more inputs, but got ${inputs.length}.`);
  }
  if ((op.fn === "subtract" || op.fn === "divide") && inputs.length !== 2) {
    misfit(`The layer takes two inputs, but got ${inputs.length}.`);
  }
  const shape = others.reduce((joined, other) => broadcast(joined, other.shape), first.shape);
  const real = inputs.find((input) => input.dtype.includes("float")) ?? first;
  return [{ dtype: floatOf(real.dtype), shape }];
}

/** Output type of `concat`. */
export function inferConcat(op: ConcatOp, inputs: readonly TensorType[]): readonly TensorType[] {
  const [first, ...others] = inputs;
  if (first === undefined) return misfit("The layer takes at least one input, but got none.");
  expectAxis(first, op.axis);
  const shape = others.reduce((joined, other) => join(joined, other.shape, op.axis), first.shape);
  return [{ dtype: first.dtype, shape }];
}

function broadcast(a: readonly Dim[], b: readonly Dim[]): readonly Dim[] {
  const apart = (): never =>
    misfit(`The inputs ${formatShape(a)} and ${formatShape(b)} do not fit each other.`);
  if (a.length !== b.length) apart();
  return a.map((dim, axis) => {
    const joined = broadcastDim(dim, dimAt(b, axis));
    return joined === undefined ? apart() : joined;
  });
}

function join(a: readonly Dim[], b: readonly Dim[], along: number): readonly Dim[] {
  const fits =
    a.length === b.length &&
    a.every((dim, axis) => axis === along || dimsMeet(dim, dimAt(b, axis)));
  if (!fits) {
    misfit(
      `The inputs ${formatShape(a)} and ${formatShape(b)} cannot be joined along axis ${along}.`,
    );
  }
  return a.map((dim, axis) => {
    const other = dimAt(b, axis);
    if (axis !== along) return dim ?? other;
    return dim === null || other === null ? null : dim + other;
  });
}
