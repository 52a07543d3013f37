import { clone, reshape as reshaped, type Tensor, tile, transpose } from "@tensorflow/tfjs-core";
import type { ConstantOp, PermuteOp, RepeatOp, ReshapeOp } from "../../ir/ops/shape.ts";
import { type Computed, computed, tensorAt, type WeightLookup } from "./forward.ts";
import { sizeAt } from "./rank.ts";

/** The same numbers in another shape. */
export function reshape(op: ReshapeOp, inputs: readonly Tensor[]): Computed {
  const x = tensorAt(inputs, 0);
  return computed(reshaped(x, [sizeAt(x, 0), ...op.shape.map((size) => size ?? -1)]));
}

/** Axes in another order. */
export function permute(op: PermuteOp, inputs: readonly Tensor[]): Computed {
  return computed(transpose(tensorAt(inputs, 0), [...op.dims]));
}

/** Each vector several times, as a sequence. */
export function repeat(op: RepeatOp, inputs: readonly Tensor[]): Computed {
  const x = tensorAt(inputs, 0);
  return computed(tile(reshaped(x, [sizeAt(x, 0), 1, sizeAt(x, 1)]), [1, op.n, 1]));
}

/** Numbers that belong to the model. */
export function constant(
  op: ConstantOp,
  _inputs: readonly Tensor[],
  weightOf: WeightLookup,
): Computed {
  return computed(clone(weightOf(op.weights.value)));
}
