import { type Dim, formatShape, type TensorType, type WeightRef } from "../tensor.ts";
import type { Activation } from "./activation.ts";
import {
  dimAt,
  dimsMeet,
  expectRank,
  expectWeight,
  expectWeightRank,
  expectWhole,
  floatOf,
  knownDim,
  misfit,
  oneInput,
} from "./expect.ts";
import { windowOutput } from "./window.ts";

/** What training drops within a cell. */
export interface CellDropout {
  /** Share of the inputs that are dropped before the products with the kernel. */
  readonly input: number;
  /** Share of the state that is dropped before the products with the recurrent kernel. */
  readonly state: number;
  /**
   * Whether the same is dropped in all steps of a batch, for all gates or for each its own; or something else of the inputs in
   * each step.
   */
  readonly masks: "one" | "each-gate" | "each-step";
  /** What the update gate of a gru keeps: the state, or what was left of it. */
  readonly keeps: "state" | "rest";
}

/** What a cell drops, whatever the ways in which generations of Keras do it. */
export function droppedShares({
  dropout,
}: {
  readonly dropout?: CellDropout;
}): Pick<CellDropout, "input" | "state"> | undefined {
  return dropout && { input: dropout.input, state: dropout.state };
}

/** Gates of a cell, which lie along the columns of its kernels. */
export const GATES: Readonly<Record<RecurrentOp["cell"], number>> = { simple: 1, lstm: 4, gru: 3 };

/**
 * A recurrent layer over `(batch, time, features)`. Inputs: the sequence; then, if
 * `initialState`, the state tensors (simple and gru: h; lstm: h, c; bidirectional: forward ones, then backward
 * ones); then, if `masked`, a boolean mask `(batch, time)`: a false step repeats the previous output and state.
 * Outputs: the sequence `(batch, time, units)` if `returnSequences`, else the last `(batch, units)`; then the final
 * states if `returnState`.
 * - `backward` reads the steps last to first, and gives its sequence in that order (Keras' `go_backwards`).
 * - `bidirectional` has a second set of weights; its backward sequence is turned round to input time
 *   before merging. `merge` null gives two outputs, forward and backward.
 * Equations: simple h' = act(x·W + h·U + b). lstm gates i, f, c, o along the columns: i, f, o through
 * recurrentActivation, c through activation; c' = f*c + i*g; h' = o*activation(c'). gru gates z, r, h: h' = z*h + (1 - z)*hh, where
 * hh = act(x·Wh + (r*h)·Uh + bh), or with resetAfter act(x·Wh + bh + r*(h·Uh + brh)), bias `[2, 3u]`.
 */
export interface RecurrentOp {
  readonly kind: "recurrent";
  readonly cell: "simple" | "lstm" | "gru";
  readonly units: number;
  readonly activation: Activation;
  /** Of lstm and gru; `simple` ignores it. */
  readonly recurrentActivation: Activation;
  readonly resetAfter: boolean;
  readonly direction: "forward" | "backward" | "bidirectional";
  readonly merge: "concat" | "sum" | "multiply" | "average" | null;
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly initialState: boolean;
  readonly masked: boolean;
  readonly stateful: boolean;
  /** Left out where training drops nothing within the cell. */
  readonly dropout?: CellDropout;
  readonly weights: {
    /** `[in, gates * units]` */
    readonly kernel: WeightRef;
    /** `[units, gates * units]` */
    readonly recurrentKernel: WeightRef;
    /** `[gates * units]`, or `[2, gates * units]` with resetAfter */
    readonly bias?: WeightRef;
    readonly backwardKernel?: WeightRef;
    readonly backwardRecurrentKernel?: WeightRef;
    readonly backwardBias?: WeightRef;
  };
}

/**
 * ConvLSTM1D to 3D: as lstm, with convolutions in place of both products; input `(batch, time, …spatial, channels)`. `strides.length`
 * says how many spatial axes.
 */
export interface ConvLstmOp {
  readonly kind: "convLstm";
  readonly filters: number;
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: "valid" | "same";
  readonly activation: Activation;
  readonly recurrentActivation: Activation;
  readonly direction: "forward" | "backward";
  readonly returnSequences: boolean;
  /** As that of `recurrent`. */
  readonly dropout?: CellDropout;
  readonly weights: {
    /** `[...spatial, in, 4 * filters]` */
    readonly kernel: WeightRef;
    /** `[...spatial, filters, 4 * filters]`; applied with stride 1 and same padding */
    readonly recurrentKernel: WeightRef;
    readonly bias?: WeightRef;
  };
}

/** Output types of `recurrent`, in the order its doc comment gives. */
export function inferRecurrent(
  op: RecurrentOp,
  inputs: readonly TensorType[],
): readonly TensorType[] {
  const input = checkRecurrentInputs(op, inputs);
  checkRecurrentWeights(op, knownDim(input, 2, "features"));
  const [batch = null, time = null] = input.shape;
  const type = (width: number): TensorType => ({
    dtype: floatOf(input.dtype),
    shape: op.returnSequences ? [batch, time, width] : [batch, width],
  });
  const both = op.direction === "bidirectional";
  const width = both && op.merge === "concat" ? 2 * op.units : op.units;
  const outputs = both && op.merge === null ? [type(op.units), type(op.units)] : [type(width)];
  const states = op.returnState ? stateCount(op) : 0;
  const state: TensorType = { dtype: floatOf(input.dtype), shape: [batch, op.units] };
  return [...outputs, ...Array.from({ length: states }, () => state)];
}

/** Output type of `convLstm`. */
export function inferConvLstm(
  op: ConvLstmOp,
  inputs: readonly TensorType[],
): readonly TensorType[] {
  const input = oneInput(inputs);
  const rank = op.strides.length;
  expectRank(input, rank + 3);
  expectWhole("filters", [op.filters], 1, 1);
  const channels = knownDim(input, rank + 2, "channels");
  const { kernel, recurrentKernel, bias } = op.weights;
  const size = expectWeightRank("kernel", kernel, rank + 2).slice(0, rank);
  expectWeight("kernel", kernel, [...size, channels, 4 * op.filters]);
  expectWeight("recurrent_kernel", recurrentKernel, [...size, op.filters, 4 * op.filters]);
  expectWeight("bias", bias, [4 * op.filters]);
  const spatial = windowOutput({ ...op, size }, input.shape.slice(2, -1));
  const lead = op.returnSequences ? input.shape.slice(0, 2) : input.shape.slice(0, 1);
  return [{ dtype: floatOf(input.dtype), shape: [...lead, ...spatial, op.filters] }];
}

function checkRecurrentInputs(op: RecurrentOp, inputs: readonly TensorType[]): TensorType {
  const [input] = inputs;
  if (input === undefined) return misfit("The layer has no input.");
  expectRank(input, 3);
  const states = op.initialState ? stateCount(op) : 0;
  const expected = 1 + states + (op.masked ? 1 : 0);
  if (inputs.length !== expected) {
    misfit(`The layer takes ${expected} inputs, but got ${inputs.length}.`);
  }
  const batch = dimAt(input.shape, 0);
  for (const state of inputs.slice(1, 1 + states)) {
    expectInputShape("An initial state", state, [batch, op.units]);
  }
  for (const mask of inputs.slice(1 + states)) {
    expectInputShape("The mask", mask, input.shape.slice(0, 2));
  }
  return input;
}

function checkRecurrentWeights(op: RecurrentOp, features: number): void {
  expectWhole("units", [op.units], 1, 1);
  const columns = GATES[op.cell] * op.units;
  const bias = op.cell === "gru" && op.resetAfter ? [2, columns] : [columns];
  const { weights } = op;
  expectWeight("kernel", weights.kernel, [features, columns]);
  expectWeight("recurrent_kernel", weights.recurrentKernel, [op.units, columns]);
  expectWeight("bias", weights.bias, bias);
  if (op.direction !== "bidirectional") return;
  if (weights.backwardKernel === undefined || weights.backwardRecurrentKernel === undefined) {
    misfit("A bidirectional layer needs a second set of weights.");
  }
  expectWeight("backward kernel", weights.backwardKernel, [features, columns]);
  expectWeight("backward recurrent_kernel", weights.backwardRecurrentKernel, [op.units, columns]);
  expectWeight("backward bias", weights.backwardBias, bias);
}

function stateCount(op: RecurrentOp): number {
  return (op.cell === "lstm" ? 2 : 1) * (op.direction === "bidirectional" ? 2 : 1);
}

function expectInputShape(what: string, input: TensorType, shape: readonly Dim[]): void {
  const fits =
    input.shape.length === shape.length &&
    shape.every((dim, axis) => dimsMeet(dim, dimAt(input.shape, axis)));
  if (!fits) {
    misfit(`${what} has shape ${formatShape(input.shape)}, expected ${formatShape(shape)}.`);
  }
}
