import { matMul, reshape, type Tensor, transpose } from "@tensorflow/tfjs-core";
import type { DenseOp } from "../../../ir/ops/dense.ts";
import { tensorAt } from "../forward.ts";
import { sizeAt } from "../rank.ts";
import type { Backward } from "./backward.ts";
import { biasGradient } from "./bias.ts";

/** Matrix product over the last axis. Matrices are turned explicitly: the wasm kernel is many times slower when it turns them. */
export const denseBackward: Backward<DenseOp> = {
  reads: () => "inputs",
  gradients: ({ weights }, { inputs, gradient, weightOf, wants, wantsWeights }) => {
    const x = tensorAt(inputs, 0);
    const rows = asRows(gradient);
    const back = (): Tensor => matMul(rows, transpose(weightOf(weights.kernel)));
    const { bias } = weights;
    return {
      inputs: [wants(0) ? reshape(back(), x.shape) : undefined],
      weights: wantsWeights
        ? [
            { ref: weights.kernel, gradient: matMul(transpose(asRows(x)), rows) },
            ...(bias === undefined ? [] : [{ ref: bias, gradient: biasGradient(rows) }]),
          ]
        : [],
    };
  },
};

function asRows(x: Tensor): Tensor {
  return x.rank === 2 ? x : reshape(x, [-1, sizeAt(x, -1)]);
}
