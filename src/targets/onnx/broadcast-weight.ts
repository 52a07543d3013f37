import type { WeightRef } from "../../ir/tensor.ts";
import { reshapeWeight } from "../../weights/reshape.ts";
import { transposeWeight } from "../../weights/transpose.ts";
import { type AxisOrder, naturalOrder, sameOrder } from "./layout.ts";

/** A weight that broadcasts to a Keras value, aligned at its last axis, for a tensor whose axes lie in another order. */
export function broadcastWeight(ref: WeightRef, order: AxisOrder): WeightRef {
  if (sameOrder(order, naturalOrder(order.length))) return ref;
  const lead = new Array<number>(order.length - ref.shape.length).fill(1);
  return transposeWeight(reshapeWeight(ref, [...lead, ...ref.shape]), order);
}

/** A vector for each place along one axis of a Keras value. */
export function vectorAlong(ref: WeightRef, axis: number, rank: number): WeightRef {
  const behind = new Array<number>(rank - 1 - axis).fill(1);
  return reshapeWeight(ref, [...ref.shape, ...behind]);
}
