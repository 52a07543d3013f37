import { reshape, scalar, type Tensor, tensor1d, tidy } from "@tensorflow/tfjs-core";
import { FLOATS, type TensorFlowOps } from "./operations.ts";

/** Number by number on float32 tensors, straight by TensorFlow's operations: a third faster on many small tensors than through tfjs. */
export interface Arithmetic {
  /** A number that is used with many tensors. */
  number(value: number): Tensor;
  add(a: Tensor, b: Tensor): Tensor;
  sub(a: Tensor, b: Tensor): Tensor;
  mul(a: Tensor, b: Tensor): Tensor;
  div(a: Tensor, b: Tensor): Tensor;
  maximum(a: Tensor, b: Tensor): Tensor;
  minimum(a: Tensor, b: Tensor): Tensor;
  square(a: Tensor): Tensor;
  sqrt(a: Tensor): Tensor;
  abs(a: Tensor): Tensor;
  sign(a: Tensor): Tensor;
  /** Half the sum of squares. */
  halfSquares(a: Tensor): Tensor;
  /** Overwrites the numbers of a tensor, where they are. */
  assign(a: Tensor, numbers: Tensor): void;
}

/** Such arithmetic; its results belong to the scope that is open. */
export function arithmeticOf(ops: TensorFlowOps): Arithmetic {
  const one = (op: string) => (a: Tensor) => ops.one(op, [a], FLOATS);
  const two = (op: string) => (a: Tensor, b: Tensor) => ops.one(op, [a, b], FLOATS);
  return {
    number: (value) => scalar(value, "float32"),
    add: two("AddV2"),
    sub: two("Sub"),
    mul: two("Mul"),
    div: two("RealDiv"),
    maximum: two("Maximum"),
    minimum: two("Minimum"),
    square: one("Square"),
    sqrt: one("Sqrt"),
    abs: one("Abs"),
    sign: one("Sign"),
    halfSquares: one("L2Loss"),
    assign: (a, numbers) =>
      tidy(() => {
        const [place, row] = [reshape(a, [1, -1]), reshape(numbers, [1, -1])];
        ops.one("InplaceUpdate", [place, tensor1d([0], "int32"), row], FLOATS);
      }),
  };
}
