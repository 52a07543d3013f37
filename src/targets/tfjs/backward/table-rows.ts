import {
  abs,
  clipByValue,
  ones,
  type Rank,
  reshape,
  square,
  sum,
  type Tensor,
  unsortedSegmentSum,
} from "@tensorflow/tfjs-core";
import type { WeightRef } from "../../../ir/tensor.ts";
import { sizeAt } from "../rank.ts";
import { tensorflowOps } from "../tensorflow/operations.ts";
import { sumRows } from "../tensorflow/rows.ts";
import type { WeightGradient } from "./backward.ts";
import { gradientKernels } from "./gradient-kernels.ts";

/** What is asked of the gradient of a table before its rows are added up. */
export interface TableRule {
  /** What numbers of rows are limited to; left out where they are not. */
  readonly most?: number;
  /** What is to be taken of the numbers of each row before rows are added up. */
  readonly apart?: "squares" | "magnitudes" | undefined;
}

/** The weight whose gradient stands for the sum of the squares of all rows of a table's gradient, as they come. */
export function squaresRef({ id }: WeightRef): WeightRef {
  return { id: `${id}|squares`, dtype: "float32", shape: [], readInto: () => {} };
}

/** That which stands for how often each row was taken. */
export function takenRef({ id, shape: [rows = 0] }: WeightRef): WeightRef {
  return { id: `${id}|taken`, dtype: "float32", shape: [rows, 1], readInto: () => {} };
}

/** That which stands for what is taken of each row's numbers before rows are added up. */
export function apartRef({ id, shape }: WeightRef): WeightRef {
  return { id: `${id}|apart`, dtype: "float32", shape, readInto: () => {} };
}

/** The gradient of what was taken from a table, each of its numbers limited. */
export function limitedRows({ most }: TableRule, gradient: Tensor): Tensor {
  return most === undefined ? gradient : clipByValue(gradient, -most, most);
}

/** What the rows of such a gradient are beside their sum. */
export function factsOfRows(
  ref: WeightRef,
  { apart }: TableRule,
  gradient: Tensor,
  numbers: Tensor,
): WeightGradient[] {
  // Where kernels for gradients are looked for, those that wasm lacks are added.
  gradientKernels();
  const [ops, places, rows] = [tensorflowOps(), reshape<Rank.R1>(numbers, [-1]), ref.shape[0] ?? 0];
  const added = (values: Tensor): Tensor => {
    const flat = reshape(values, [sizeAt(places, 0), -1]);
    return ops === undefined
      ? unsortedSegmentSum(flat, places, rows)
      : sumRows(ops, flat, numbers, rows);
  };
  const found = [
    { ref: squaresRef(ref), gradient: sum(square(gradient)) },
    { ref: takenRef(ref), gradient: added(ones([sizeAt(places, 0), 1])) },
  ];
  if (apart === undefined) return found;
  const each = apart === "squares" ? square(gradient) : abs(gradient);
  return [...found, { ref: apartRef(ref), gradient: added(each) }];
}
