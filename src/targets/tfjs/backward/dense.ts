import { cast, matMul, reshape, type Tensor, transpose } from "@tensorflow/tfjs-core";
import type { DenseOp, EmbeddingOp } from "../../../ir/ops/dense.ts";
import { embedding } from "../dense.ts";
import { tensorAt } from "../forward.ts";
import { sizeAt } from "../rank.ts";
import { tensorflowOps } from "../tensorflow/operations.ts";
import { sumRows } from "../tensorflow/rows.ts";
import type { Backward } from "./backward.ts";
import { biasGradient } from "./bias.ts";
import { factsOfRows, limitedRows } from "./table-rows.ts";
import { taped } from "./taped.ts";

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

const byTape = taped(embedding, () => false);

/** The numbers of rows have no gradient; the rows that were taken add theirs up. */
export const embeddingBackward: Backward<EmbeddingOp> = {
  reads: () => "inputs",
  gradients: (op, step) => {
    if (!step.wantsWeights) return { inputs: [], weights: [] };
    const ref = op.weights.embeddings;
    const rule = step.tables?.get(ref.id);
    const numbers = cast(tensorAt(step.inputs, 0), "int32");
    const gradient = limitedRows(rule ?? {}, step.gradient);
    const facts = rule === undefined ? [] : factsOfRows(ref, rule, gradient, numbers);
    const ops = tensorflowOps();
    if (ops !== undefined) {
      const whole = sumRows(ops, gradient, numbers, ref.shape[0] ?? 0);
      return { inputs: [], weights: [{ ref, gradient: whole }, ...facts] };
    }
    const { inputs, weights } = byTape.gradients(op, { ...step, gradient, gradients: [gradient] });
    return { inputs, weights: [...weights, ...facts] };
  },
};

function asRows(x: Tensor): Tensor {
  return x.rank === 2 ? x : reshape(x, [-1, sizeAt(x, -1)]);
}
