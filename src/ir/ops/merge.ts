import type { NoWeights } from "../tensor.ts";
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
