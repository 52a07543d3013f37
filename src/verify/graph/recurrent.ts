import { fail } from "../../errors.ts";
import type { Activation } from "../../ir/ops/activation.ts";
import type { ConvLstmOp, RecurrentOp } from "../../ir/ops/recurrent.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import { activate } from "./activation.ts";
import { convolve } from "./conv.ts";
import { threeSpatial } from "./layout.ts";
import { at, build, dim, only, pick, reshape, type Tensor, transpose, zeros } from "./tensor.ts";
import { load, loadOr } from "./weight.ts";
import { windowAxes } from "./window.ts";

/** LSTM, GRU and simple cells, step by step, in one or both directions. */
export function recurrent(op: RecurrentOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const x = at(inputs, 0);
  const mask = op.masked ? inputs.at(-1) : undefined;
  const perDirection = op.cell === "lstm" ? 2 : 1;
  const initial = op.initialState ? inputs.slice(1) : [];
  const { kernel, recurrentKernel, bias, ...back } = op.weights;
  const forward = { kernel: load(kernel), recurrent: load(recurrentKernel), bias };
  const run = (cell: CellWeights, reversed: boolean, states: readonly Tensor[]): Run =>
    runCell(op, cell, x, mask, reversed, states);
  if (op.direction !== "bidirectional") {
    const only = run(prepare(op, forward), op.direction === "backward", initial);
    return [result(op, only), ...(op.returnState ? only.states : [])];
  }
  if (back.backwardKernel === undefined || back.backwardRecurrentKernel === undefined) {
    fail("internal", "A bidirectional layer has no backward weights.");
  }
  const backward = {
    kernel: load(back.backwardKernel),
    recurrent: load(back.backwardRecurrentKernel),
    bias: back.backwardBias,
  };
  const first = run(prepare(op, forward), false, initial.slice(0, perDirection));
  const second = run(prepare(op, backward), true, initial.slice(perDirection));
  const turned = op.returnSequences ? { ...second, steps: second.steps.toReversed() } : second;
  const pair = [result(op, first), result(op, turned)];
  const states = op.returnState ? [...first.states, ...second.states] : [];
  return [...mergePair(op.merge, at(pair, 0), at(pair, 1)), ...states];
}

/** An LSTM whose products are convolutions. */
export function convLstm(op: ConvLstmOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const x = only(inputs);
  const [batch, time] = [dim(x, 0), dim(x, 1)];
  const kernel = load(op.weights.kernel);
  const hidden = load(op.weights.recurrentKernel);
  const rank = op.strides.length;
  const size = kernel.shape.slice(0, rank);
  const gates = 4 * op.filters;
  const bias = loadOr(op.weights.bias, gates, 0);
  const ones = op.strides.map(() => 1);
  const inputAxes = windowAxes(threeSpatial(stepOf(x, 0)).shape, { ...op, size });
  const spatial = inputAxes.map((axis) => axis.output);
  const stateShape = [batch, ...spatial, op.filters];
  const same = { size, strides: ones, dilations: ones, padding: "same" } as const;
  const stateAxes = windowAxes(stateShape, same);
  let h = zeros(stateShape);
  let c = zeros(stateShape);
  const steps: Tensor[] = [];
  for (let t = 0; t < time; t++) {
    const frame = threeSpatial(stepOf(x, op.direction === "backward" ? time - 1 - t : t));
    const fromInput = convolve(frame, kernel, inputAxes, 1, bias);
    const fromState = convolve(h, hidden, stateAxes, 1, new Float64Array(gates));
    const sum = build(fromInput.shape, (i) => pick(fromInput, i) + pick(fromState, i));
    [h, c] = lstmStep(op, sum, c);
    steps.push(h);
  }
  const shape = [batch, ...spatial.slice(3 - rank), op.filters];
  if (!op.returnSequences) return [reshape(h, shape)];
  return [stack(steps.map((step) => reshape(step, shape)))];
}

/** Weights of one direction, biases filled in. */
interface CellWeights {
  readonly kernel: Tensor;
  readonly recurrent: Tensor;
  readonly bias: Float64Array;
  readonly recurrentBias: Float64Array;
}

interface Run {
  readonly steps: readonly Tensor[];
  readonly states: readonly Tensor[];
}

interface StoredCell {
  readonly kernel: Tensor;
  readonly recurrent: Tensor;
  readonly bias: WeightRef | undefined;
}

function prepare(op: RecurrentOp, stored: StoredCell): CellWeights {
  const columns = dim(stored.kernel, 1);
  const rows = op.cell === "gru" && op.resetAfter ? 2 : 1;
  const bias = loadOr(stored.bias, rows * columns, 0);
  const none = new Float64Array(columns);
  const recurrentBias = rows === 2 ? bias.slice(columns) : none;
  const { kernel, recurrent } = stored;
  return { kernel, recurrent, bias: bias.slice(0, columns), recurrentBias };
}

function runCell(
  op: RecurrentOp,
  cell: CellWeights,
  x: Tensor,
  mask: Tensor | undefined,
  reversed: boolean,
  initial: readonly Tensor[],
): Run {
  const [batch, time] = [dim(x, 0), dim(x, 1)];
  let h = initial[0] ?? zeros([batch, op.units]);
  let c = initial[1] ?? zeros([batch, op.units]);
  let output = zeros([batch, op.units]);
  const steps: Tensor[] = [];
  for (let t = 0; t < time; t++) {
    const place = reversed ? time - 1 - t : t;
    const [nextH, nextC] = step(op, cell, stepOf(x, place), h, c);
    const keep = (next: Tensor, old: Tensor): Tensor =>
      mask === undefined
        ? next
        : build(next.shape, (i) => pick(pick(mask, [at(i, 0), place]) === 0 ? old : next, i));
    output = keep(nextH, output);
    h = keep(nextH, h);
    c = keep(nextC, c);
    steps.push(output);
  }
  return { steps, states: op.cell === "lstm" ? [h, c] : [h] };
}

function step(
  op: RecurrentOp,
  cell: CellWeights,
  x: Tensor,
  h: Tensor,
  c: Tensor,
): readonly [Tensor, Tensor] {
  const input = product(x, cell.kernel, cell.bias);
  if (op.cell === "gru") return [gruStep(op, cell, input, h), c];
  const sum = add(input, product(h, cell.recurrent, cell.recurrentBias));
  if (op.cell === "simple") return [activate(op.activation, sum), c];
  return lstmStep(op, sum, c);
}

interface Gated {
  readonly activation: Activation;
  readonly recurrentActivation: Activation;
}

/** New h and c from the summed gates i, f, c, o along the last axis. */
function lstmStep(op: Gated, sum: Tensor, c: Tensor): readonly [Tensor, Tensor] {
  const units = dim(sum, -1) / 4;
  const gate = (k: number, f: Activation): Tensor => activate(f, columns(sum, k * units, units));
  const [i, f] = [gate(0, op.recurrentActivation), gate(1, op.recurrentActivation)];
  const [g, o] = [gate(2, op.activation), gate(3, op.recurrentActivation)];
  const nextC = add(multiply(f, c), multiply(i, g));
  return [multiply(o, activate(op.activation, nextC)), nextC];
}

function gruStep(op: RecurrentOp, cell: CellWeights, input: Tensor, h: Tensor): Tensor {
  const u = op.units;
  const hidden = product(h, cell.recurrent, cell.recurrentBias);
  const gate = (k: number): Tensor =>
    activate(op.recurrentActivation, add(columns(input, k * u, u), columns(hidden, k * u, u)));
  const [z, r] = [gate(0), gate(1)];
  const candidate = op.resetAfter
    ? multiply(r, columns(hidden, 2 * u, u))
    : product(multiply(r, h), columns(cell.recurrent, 2 * u, u), new Float64Array(u));
  const hh = activate(op.activation, add(columns(input, 2 * u, u), candidate));
  return build(h.shape, (i) => pick(z, i) * pick(h, i) + (1 - pick(z, i)) * pick(hh, i));
}

function result(op: RecurrentOp, run: Run): Tensor {
  return op.returnSequences ? stack(run.steps) : at(run.steps, run.steps.length - 1);
}

function mergePair(merge: RecurrentOp["merge"], a: Tensor, b: Tensor): readonly Tensor[] {
  const units = dim(a, -1);
  switch (merge) {
    case null:
      return [a, b];
    case "sum":
      return [add(a, b)];
    case "multiply":
      return [multiply(a, b)];
    case "average":
      return [build(a.shape, (i) => (pick(a, i) + pick(b, i)) / 2)];
    case "concat":
      return [
        build(a.shape.with(-1, 2 * units), (i) => {
          const column = at(i, i.length - 1);
          return column < units ? pick(a, i) : pick(b, i.with(-1, column - units));
        }),
      ];
  }
}

/** `(batch, …)` of one time step of `(batch, time, …)`. */
function stepOf(x: Tensor, t: number): Tensor {
  const shape = x.shape.toSpliced(1, 1);
  return build(shape, ([b = 0, ...rest]) => pick(x, [b, x.shape[1] === 1 ? 0 : t, ...rest]));
}

/** Steps `(batch, …)` as `(batch, time, …)`. */
function stack(steps: readonly Tensor[]): Tensor {
  const shape = at(steps, 0).shape;
  const data = Float64Array.from(steps.flatMap((step) => [...step.data]));
  const axes = shape.map((_, axis) => axis + 1);
  const [batch = 1, ...rest] = axes;
  return transpose({ shape: [steps.length, ...shape], data }, [batch, 0, ...rest]);
}

function columns(x: Tensor, from: number, count: number): Tensor {
  return build(x.shape.with(-1, count), (i) =>
    at(x.data, rowOf(x, i) * dim(x, -1) + from + at(i, i.length - 1)),
  );
}

function rowOf(x: Tensor, index: readonly number[]): number {
  return index.slice(0, -1).reduce((row, i, axis) => row * at(x.shape, axis) + i, 0);
}

function product(x: Tensor, matrix: Tensor, bias: Float64Array): Tensor {
  return build([dim(x, 0), dim(matrix, 1)], ([b = 0, o = 0]) => {
    let sum = at(bias, o);
    for (let i = 0; i < dim(x, 1); i++) sum += pick(x, [b, i]) * pick(matrix, [i, o]);
    return sum;
  });
}

function add(a: Tensor, b: Tensor): Tensor {
  return { shape: a.shape, data: a.data.map((x, i) => x + at(b.data, i)) };
}

function multiply(a: Tensor, b: Tensor): Tensor {
  return { shape: a.shape, data: a.data.map((x, i) => x * at(b.data, i)) };
}
