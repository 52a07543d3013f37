import { reshape, sum, type Tensor } from "@tensorflow/tfjs-core";
import { sizeAt } from "../rank.ts";

/** Sums over the axes along which a tensor of this shape was repeated. */
export function unbroadcast(gradient: Tensor, shape: readonly number[]): Tensor {
  const lead = gradient.rank - shape.length;
  const axes = gradient.shape
    .map((_, axis) => axis)
    .filter((axis) => axis < lead || (shape[axis - lead] === 1 && sizeAt(gradient, axis) !== 1));
  return axes.length === 0 ? gradient : reshape(sum(gradient, axes, true), [...shape]);
}
