import {
  add,
  concat,
  mul,
  reshape,
  split,
  stack,
  type Tensor,
  tidy,
  zeros,
} from "@tensorflow/tfjs-core";
import type { ConvLstmOp } from "../../ir/ops/recurrent.ts";
import { windowOutput } from "../../ir/ops/window.ts";
import { type CellMasks, drawMasks, masksOf, NO_MASKS } from "./cell-masks.ts";
import { type Convolution, convolve } from "./convolve.ts";
import { type Computed, computed, optionalWeight, tensorAt, type WeightLookup } from "./forward.ts";
import { partsAlong, sizeAt } from "./rank.ts";
import { lstmStep } from "./recurrent-cell.ts";
import type { NoiseNumbers } from "./training-forward.ts";

/** An LSTM whose products are convolutions. */
export function convLstm(
  op: ConvLstmOp,
  inputs: readonly Tensor[],
  weightOf: WeightLookup,
): Computed {
  return convLstmDropping(op, inputs, { weightOf, drawn: [] });
}

/** The same while training. Saves what it drops within its cell. */
export function convLstmTraining(
  op: ConvLstmOp,
  inputs: readonly Tensor[],
  weightOf: WeightLookup,
  numbers: NoiseNumbers,
): Computed {
  const { dropout, weights } = op;
  if (dropout === undefined) return convLstm(op, inputs, weightOf);
  const x = tensorAt(inputs, 0);
  const [batch, frame] = [sizeAt(x, 0), x.shape.slice(2)];
  const size = weights.kernel.shape.slice(0, op.strides.length);
  const places = windowOutput({ ...op, size }, frame.slice(0, -1)).map((one) => one ?? 1);
  const shapes = { inputs: [batch, ...frame], state: [batch, ...places, op.filters] };
  const drawn = drawMasks({ dropout, gates: GATES }, shapes, numbers);
  return { ...convLstmDropping(op, inputs, { weightOf, drawn }), saved: drawn };
}

/** The same again, with what was drawn. */
export function convLstmDropping(
  op: ConvLstmOp,
  inputs: readonly Tensor[],
  { weightOf, drawn }: { readonly weightOf: WeightLookup; readonly drawn: readonly Tensor[] },
): Computed {
  const { dropout } = op;
  const masks =
    dropout === undefined || drawn.length === 0
      ? NO_MASKS
      : masksOf({ dropout, gates: GATES }, drawn);
  const x = tensorAt(inputs, 0);
  const [batch, time] = [sizeAt(x, 0), sizeAt(x, 1)];
  const fromInputs = convolveFrames(op, x, { weightOf, masks });
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
      const rests = masks.state.length > 0 ? masks.state.map((mask) => mul(h, mask)) : [h];
      const [hidden, cell] = lstmStep(op, add(frame, convolveEach(rests, inner)), c);
      return [hidden, cell];
    });
    if (op.returnSequences) steps.push(h);
  }
  return computed(op.returnSequences ? stack(steps, 1) : h);
}

const GATES = 4;

/** The convolutions of all frames at once; only those of the state must wait. */
function convolveFrames(
  op: ConvLstmOp,
  x: Tensor,
  { weightOf, masks }: { readonly weightOf: WeightLookup; readonly masks: CellMasks },
): Tensor {
  const kernel = weightOf(op.weights.kernel);
  const { strides, dilations, padding } = op;
  const bias = optionalWeight(op.weights.bias, weightOf);
  const size = kernel.shape.slice(0, strides.length);
  const window = { size, strides, dilations, padding };
  const y = convolveEach(dropAlike(x, masks.inputs), {
    ...window,
    kernel,
    bias,
    activation: "linear",
  });
  return reshape(y, [sizeAt(x, 0), sizeAt(x, 1), ...y.shape.slice(1)]);
}

/** All frames, or what each mask leaves of them; it is the same in all frames of a sample. */
function dropAlike(x: Tensor, masks: readonly Tensor[]): readonly Tensor[] {
  const [batch, time, ...frame] = x.shape;
  const frames = [-1, ...frame];
  if (masks.length === 0) return [reshape(x, frames)];
  const flat = reshape(x, [batch ?? 1, time ?? 1, -1]);
  return masks.map((mask) => reshape(mul(flat, reshape(mask, [batch ?? 1, 1, -1])), frames));
}

/** One convolution, or each gate's filters over an input of its own. */
function convolveEach(inputs: readonly Tensor[], window: Convolution): Tensor {
  if (inputs.length < 2) return convolve(tensorAt(inputs, 0), window);
  const { kernel, bias } = window;
  const filters = split(kernel, inputs.length, kernel.rank - 1);
  const results = inputs.map((own, gate) =>
    convolve(own, { ...window, kernel: tensorAt(filters, gate), bias: undefined }),
  );
  const joined = concat(results, kernel.rank - 1);
  return bias === undefined ? joined : add(joined, bias);
}
