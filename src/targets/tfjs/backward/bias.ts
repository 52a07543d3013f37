import { reshape, sum, type Tensor } from "@tensorflow/tfjs-core";
import { sizeAt } from "../rank.ts";
import { gradientKernels } from "./gradient-kernels.ts";

/** The gradient of what was added along the last axis: the sum over all others. */
export function biasGradient(dy: Tensor): Tensor {
  const own = gradientKernels().columnSums?.(dy);
  return own ?? sum(reshape(dy, [-1, sizeAt(dy, -1)]), 0);
}
