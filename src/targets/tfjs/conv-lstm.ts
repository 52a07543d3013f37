import { add, reshape, stack, type Tensor, tidy, zeros } from "@tensorflow/tfjs-core";
import type { ConvLstmOp } from "../../ir/ops/recurrent.ts";
import { convolve } from "./convolve.ts";
import { type Computed, computed, optionalWeight, tensorAt, type WeightLookup } from "./forward.ts";
import { partsAlong, sizeAt } from "./rank.ts";
import { lstmStep } from "./recurrent-cell.ts";

/** An LSTM whose products are convolutions. */
export function convLstm(
  op: ConvLstmOp,
  inputs: readonly Tensor[],
  weightOf: WeightLookup,
): Computed {
  const x = tensorAt(inputs, 0);
  const [batch, time] = [sizeAt(x, 0), sizeAt(x, 1)];
  const fromInputs = convolveFrames(op, x, weightOf);
  const frames = partsAlong(fromInputs, 1);
  const recurrent = weightOf(op.weights.recurrentKernel);
  const ones = op.strides.map(() => 1);
  const inner = {
    size: recurrent.shape.slice(0, op.strides.length),
    strides: ones,
    dilations: ones,
    padding: "same",
    kernel: recurrent,
    bias: undefined,
    activation: "linear",
  } as const;
  const none = zeros([batch, ...fromInputs.shape.slice(2, -1), op.filters]);
  let [h, c]: readonly [Tensor, Tensor] = [none, none];
  const steps: Tensor[] = [];
  for (let t = 0; t < time; t++) {
    const frame = tensorAt(frames, op.direction === "backward" ? time - 1 - t : t);
    [h, c] = tidy(() => {
      const [hidden, cell] = lstmStep(op, add(frame, convolve(h, inner)), c);
      return [hidden, cell];
    });
    if (op.returnSequences) steps.push(h);
  }
  return computed(op.returnSequences ? stack(steps, 1) : h);
}

/** The convolutions of all frames at once; only those of the state must wait. */
function convolveFrames(op: ConvLstmOp, x: Tensor, weightOf: WeightLookup): Tensor {
  const kernel = weightOf(op.weights.kernel);
  const { strides, dilations, padding } = op;
  const bias = optionalWeight(op.weights.bias, weightOf);
  const size = kernel.shape.slice(0, strides.length);
  const frames = reshape(x, [-1, ...x.shape.slice(2)]);
  const window = { size, strides, dilations, padding };
  const y = convolve(frames, { ...window, kernel, bias, activation: "linear" });
  return reshape(y, [sizeAt(x, 0), sizeAt(x, 1), ...y.shape.slice(1)]);
}
