import {
  add,
  clone,
  concat,
  div,
  mul,
  notEqual,
  reshape,
  reverse,
  split,
  stack,
  type Tensor,
  tidy,
  where,
  zeros,
} from "@tensorflow/tfjs-core";
import { fail } from "../../errors.ts";
import { GATES, type RecurrentOp } from "../../ir/ops/recurrent.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import { type CellMasks, drawMasks, masksOf, NO_MASKS } from "./cell-masks.ts";
import { project } from "./dense.ts";
import { type Computed, optionalWeight, tensorAt, type WeightLookup } from "./forward.ts";
import { partsAlong, sizeAt } from "./rank.ts";
import { type CellWeights, prepareCell, stepCell } from "./recurrent-cell.ts";
import type { NoiseNumbers } from "./training-forward.ts";

/** LSTM, GRU and simple cells, step by step, in one or both directions. */
export function recurrent(
  op: RecurrentOp,
  inputs: readonly Tensor[],
  weightOf: WeightLookup,
): Computed {
  return recurrentDropping(op, inputs, { weightOf, drawn: [] });
}

/** The same while training. Saves what it drops within its cells. */
export function recurrentTraining(
  op: RecurrentOp,
  inputs: readonly Tensor[],
  weightOf: WeightLookup,
  numbers: NoiseNumbers,
): Computed {
  const { dropout } = op;
  if (dropout === undefined) return recurrent(op, inputs, weightOf);
  const x = tensorAt(inputs, 0);
  const [batch, features] = [sizeAt(x, 0), sizeAt(x, 2)];
  const step = dropout.masks === "each-step" ? x.shape : [batch, 1, features];
  const shapes = { inputs: step, state: [batch, op.units] };
  const cells = op.direction === "bidirectional" ? [0, 1] : [0];
  const cell = { dropout, gates: GATES[op.cell] };
  const drawn = cells.flatMap(() => drawMasks(cell, shapes, numbers));
  return { ...recurrentDropping(op, inputs, { weightOf, drawn }), saved: drawn };
}

/** The same again, with what was drawn. */
export function recurrentDropping(
  op: RecurrentOp,
  inputs: readonly Tensor[],
  { weightOf, drawn }: { readonly weightOf: WeightLookup; readonly drawn: readonly Tensor[] },
): Computed {
  const { weights, dropout } = op;
  const masksAt = (cell: number): CellMasks =>
    dropout === undefined || drawn.length === 0
      ? NO_MASKS
      : masksOf({ dropout, gates: GATES[op.cell] }, drawn, cell);
  const x = tensorAt(inputs, 0);
  const mask = op.masked ? tensorAt(inputs, inputs.length - 1) : undefined;
  const initial = op.initialState ? inputs.slice(1) : [];
  const forward = cellOf(op, [weights.kernel, weights.recurrentKernel, weights.bias], {
    weightOf,
    masks: masksAt(0),
  });
  const sequence = { op, x, mask };
  if (op.direction !== "bidirectional") {
    const run = runCell(sequence, forward, op.direction === "backward", initial);
    return { outputs: [run.result, ...(op.returnState ? run.states : [])], saved: [] };
  }
  const { backwardKernel, backwardRecurrentKernel, backwardBias } = weights;
  const backward = cellOf(op, [backwardKernel, backwardRecurrentKernel, backwardBias], {
    weightOf,
    masks: masksAt(1),
  });
  const perDirection = op.cell === "lstm" ? 2 : 1;
  const first = runCell(sequence, forward, false, initial.slice(0, perDirection));
  const second = runCell(sequence, backward, true, initial.slice(perDirection));
  const turned = op.returnSequences ? reverse(second.result, 1) : second.result;
  const states = op.returnState ? [...first.states, ...second.states] : [];
  return { outputs: [...mergePair(op.merge, first.result, turned), ...states], saved: [] };
}

interface Sequence {
  readonly op: RecurrentOp;
  readonly x: Tensor;
  readonly mask: Tensor | undefined;
}

interface Run {
  readonly result: Tensor;
  readonly states: readonly Tensor[];
}

function cellOf(
  op: RecurrentOp,
  [kernel, recurrentKernel, bias]: readonly (WeightRef | undefined)[],
  { weightOf, masks }: { readonly weightOf: WeightLookup; readonly masks: CellMasks },
): CellWeights {
  if (kernel === undefined || recurrentKernel === undefined) {
    return fail("internal", "A bidirectional layer has no backward weights.");
  }
  return prepareCell(op, {
    kernel: weightOf(kernel),
    recurrent: weightOf(recurrentKernel),
    bias: optionalWeight(bias, weightOf),
    masks,
  });
}

/** All steps of one direction; the sequence stands in the order in which it was read. */
function runCell(
  { op, x, mask }: Sequence,
  cell: CellWeights,
  reversed: boolean,
  initial: readonly Tensor[],
): Run {
  const [batch, time] = [sizeAt(x, 0), sizeAt(x, 1)];
  // The products of all steps with the kernel at once; only the recurrent ones must wait.
  const steps = partsAlong(projectSteps(x, cell), 1);
  const masks = mask === undefined ? [] : partsAlong(notEqual(mask, 0), 1);
  const none = zeros([batch, op.units]);
  let state: Tensor[] = [initial[0] ?? none];
  if (op.cell === "lstm") state.push(initial[1] ?? none);
  let output: Tensor = none;
  const outputs: Tensor[] = [];
  for (let t = 0; t < time; t++) {
    const place = reversed ? time - 1 - t : t;
    const next = tidy(() => {
      const made = stepCell(op, cell, tensorAt(steps, place), state);
      const fresh = [tensorAt(made, 0), ...made];
      const step = masks[place];
      if (step === undefined) return fresh;
      const kept = reshape(step, [sizeAt(step, 0), 1]);
      return fresh.map((value, i) => where(kept, value, i === 0 ? output : tensorAt(state, i - 1)));
    });
    output = tensorAt(next, 0);
    state = next.slice(1);
    if (op.returnSequences) outputs.push(output);
  }
  // The last output and the state h are one tensor, but two values of the graph.
  return { result: op.returnSequences ? stack(outputs, 1) : clone(output), states: state };
}

function projectSteps(x: Tensor, { kernel, bias, masks }: CellWeights): Tensor {
  const left = masks.inputs.map((one) => mul(x, one));
  const [first = x] = left;
  if (left.length < 2) return project(first, kernel, bias);
  const columns = split(kernel, left.length, 1);
  const products = left.map((own, gate) => project(own, tensorAt(columns, gate), undefined));
  const joined = concat(products, 2);
  return bias === undefined ? joined : add(joined, bias);
}

function mergePair(merge: RecurrentOp["merge"], a: Tensor, b: Tensor): readonly Tensor[] {
  switch (merge) {
    case null:
      return [a, b];
    case "sum":
      return [add(a, b)];
    case "multiply":
      return [mul(a, b)];
    case "average":
      return [div(add(a, b), 2)];
    case "concat":
      return [concat([a, b], a.rank - 1)];
  }
}
