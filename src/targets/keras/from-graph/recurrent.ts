import type { RecurrentOp } from "../../../ir/ops/recurrent.ts";
import { keras3Object } from "../keras3/objects.ts";
import { activationName } from "./activation.ts";
import type { LayerDraft, StepTypes } from "./layer.ts";

const CLASSES = { simple: "SimpleRNN", lstm: "LSTM", gru: "GRU" } as const;

const MERGES = { concat: "concat", sum: "sum", multiply: "mul", average: "ave" } as const;

/** A recurrent layer, in both directions within a Bidirectional. */
export function recurrentLayer(op: RecurrentOp, { generation }: StepTypes): LayerDraft {
  const { cell, units, direction, merge, weights } = op;
  if (op.initialState || op.returnState || op.masked) {
    return { unsupported: "states that come from outside, or go there, are not written." };
  }
  const activation = activationName(op.activation, 2, generation);
  const gate = activationName(op.recurrentActivation, 2, generation);
  if (activation === undefined || (gate === undefined && cell !== "simple")) {
    return { unsupported: "Keras has no activation that computes what this layer's does." };
  }
  const className = CLASSES[cell];
  const config = {
    units,
    activation,
    ...(cell === "simple" ? {} : { recurrent_activation: gate ?? "sigmoid" }),
    use_bias: weights.bias !== undefined,
    return_sequences: op.returnSequences,
    return_state: false,
    go_backwards: direction === "backward",
    stateful: op.stateful,
    ...(cell === "gru" ? { reset_after: op.resetAfter } : {}),
  };
  const forward = [weights.kernel, weights.recurrentKernel, weights.bias];
  if (direction !== "bidirectional") return { className, config, weights: forward };
  const name = `${className.toLowerCase()}`;
  const layer = keras3Object("keras.layers", className, { name, ...config });
  return {
    className: "Bidirectional",
    config: { layer, merge_mode: merge === null ? null : MERGES[merge] },
    weights: [
      ...forward,
      weights.backwardKernel,
      weights.backwardRecurrentKernel,
      weights.backwardBias,
    ],
  };
}
