import type { Activation } from "../../ir/ops/activation.ts";
import type { RecurrentOp } from "../../ir/ops/recurrent.ts";
import { activate } from "./activation-function.ts";
import { int } from "./attributes.ts";
import { type AxisOrder, naturalOrder } from "./layout.ts";
import type { Scribe } from "./scribe.ts";

/** State of a cell: h, and c of an LSTM. */
export type CellState = readonly string[];

/** What one step reads besides its state. */
export interface StepWeights {
  readonly recurrentKernel: string;
  /** Of a GRU that resets after the product. */
  readonly recurrentBias?: string | undefined;
}

/** The next state of a cell; `input` is the input's product with its bias, `(batch, gates * units)`. */
export function cellStep(
  w: Scribe,
  op: RecurrentOp,
  input: string,
  state: CellState,
  weights: StepWeights,
): CellState {
  const [h = "", c = ""] = state;
  if (op.cell === "gru") return [gruStep(w, op, input, h, weights)];
  const sum = w.add("Add", [input, w.add("MatMul", [h, weights.recurrentKernel])]);
  if (op.cell === "simple") return [activate(w, op.activation, sum, FLAT)];
  return lstmStep(w, op, sum, c, { order: FLAT, channels: 1 });
}

/** The activations of a cell with gates. */
export interface Gated {
  readonly activation: Activation;
  readonly recurrentActivation: Activation;
}

/** New h and c from the summed gates i, f, c, o, which lie one behind the other along the axis `channels` of the tensor. */
export function lstmStep(
  w: Scribe,
  op: Gated,
  sum: string,
  c: string,
  axes: { readonly order: AxisOrder; readonly channels: number },
): CellState {
  const { order } = axes;
  const gates = w.addMany("Split", [sum], 4, { axis: int(axes.channels) });
  const gate = (index: number, f: Activation): string => activate(w, f, gates[index] ?? "", order);
  const [i, f] = [gate(0, op.recurrentActivation), gate(1, op.recurrentActivation)];
  const [g, o] = [gate(2, op.activation), gate(3, op.recurrentActivation)];
  const next = w.add("Add", [w.add("Mul", [f, c]), w.add("Mul", [i, g])]);
  return [w.add("Mul", [o, activate(w, op.activation, next, order)]), next];
}

const FLAT = naturalOrder(2);

function gruStep(
  w: Scribe,
  op: RecurrentOp,
  input: string,
  h: string,
  { recurrentKernel, recurrentBias }: StepWeights,
): string {
  const parts = (x: string, axis: number): readonly string[] =>
    w.addMany("Split", [x], 3, { axis: int(axis) });
  const given = parts(input, 1);
  const matrices = op.resetAfter ? [] : parts(recurrentKernel, 1);
  const product = (of: string, index: number): string =>
    w.add("MatMul", [of, matrices[index] ?? ""]);
  const whole = op.resetAfter ? w.add("MatMul", [h, recurrentKernel]) : "";
  const biased = recurrentBias === undefined ? whole : w.add("Add", [whole, recurrentBias]);
  const hidden = op.resetAfter ? parts(biased, 1) : [product(h, 0), product(h, 1)];
  const gate = (index: number): string => {
    const sum = w.add("Add", [given[index] ?? "", hidden[index] ?? ""]);
    return activate(w, op.recurrentActivation, sum, FLAT);
  };
  const [z, r] = [gate(0), gate(1)];
  const candidate = op.resetAfter
    ? w.add("Mul", [r, hidden[2] ?? ""])
    : product(w.add("Mul", [r, h]), 2);
  const hh = activate(w, op.activation, w.add("Add", [given[2] ?? "", candidate]), FLAT);
  const rest = w.add("Sub", [w.scalar(1), z]);
  return w.add("Add", [w.add("Mul", [z, h]), w.add("Mul", [rest, hh])]);
}
