import { reshape, scalar, type Tensor, tensor1d, tidy } from "@tensorflow/tfjs-core";
import { FLOATS, type OpAttributes, type TensorFlowOps } from "./operations.ts";

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
  /** One of equal rows that a tensor is cut into: a view of it. */
  row(a: Tensor, row: Row): Tensor;
  /** Overwrites the numbers of a row, where they are. Gives all rows as they are then. */
  assignRow(a: Tensor, row: Row, numbers: Tensor): Tensor;
  /** Overwrites the numbers of a tensor, where they are. */
  assign(a: Tensor, numbers: Tensor): void;
}

/** A row among so many, by its number. */
export interface Row {
  readonly index: number;
  readonly rows: number;
}

/** Such arithmetic; its results belong to the scope that is open. */
export function arithmeticOf(ops: TensorFlowOps): Arithmetic {
  const one = (op: string) => (a: Tensor) => ops.one(op, [a], FLOATS);
  const two = (op: string) => (a: Tensor, b: Tensor) => ops.one(op, [a, b], FLOATS);
  const assignRow: Arithmetic["assignRow"] = (a, { index, rows }, numbers) =>
    tidy(() => {
      const place = [reshape(a, [rows, -1]), tensor1d([index], "int32")];
      return ops.one("InplaceUpdate", [...place, reshape(numbers, [1, -1])], FLOATS);
    });
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
    row: (a, { index, rows }) =>
      tidy(() => {
        const [begin, size] = [tensor1d([index, 0], "int32"), tensor1d([1, -1], "int32")];
        return ops.one("Slice", [reshape(a, [rows, -1]), begin, size], SLICE);
      }),
    assignRow,
    assign: (a, numbers) => {
      assignRow(a, { index: 0, rows: 1 }, numbers).dispose();
    },
  };
}

const SLICE: OpAttributes = { ...FLOATS, Index: { type: "int32" } };
