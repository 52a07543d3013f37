import { add, reshape, type Tensor } from "@tensorflow/tfjs-core";

/** Adds one number for each place of the last axis. */
export function addBias(x: Tensor, bias: Tensor): Tensor {
  // The kernel of the backend webgpu adds a single axis to at most four, any number of axes to as many.
  return add(x, x.rank > 4 ? reshape(bias, [...x.shape.slice(1).fill(1), -1]) : bias);
}
