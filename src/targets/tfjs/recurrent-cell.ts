import {
  add,
  concat,
  matMul,
  mul,
  reshape,
  slice,
  split,
  sub,
  type Tensor,
} from "@tensorflow/tfjs-core";
import type { Activation } from "../../ir/ops/activation.ts";
import { GATES, type RecurrentOp } from "../../ir/ops/recurrent.ts";
import { activate } from "./activation-function.ts";
import type { CellMasks } from "./cell-masks.ts";
import { tensorAt } from "./forward.ts";
import { sizeAt } from "./rank.ts";

/** Weights of one direction. */
export interface CellWeights {
  readonly kernel: Tensor;
  readonly recurrent: Tensor;
  readonly bias: Tensor | undefined;
  /** Of a GRU that resets after the product. */
  readonly recurrentBias: Tensor | undefined;
  readonly masks: CellMasks;
  /** The columns of each gate in the recurrent kernel, where each gate has a mask of its own. */
  readonly columns: readonly Tensor[];
}

/** Takes the stored weights apart. */
export function prepareCell(
  op: RecurrentOp,
  given: Pick<CellWeights, "kernel" | "recurrent" | "bias" | "masks">,
): CellWeights {
  const { kernel, recurrent, bias, masks } = given;
  const columns = masks.state.length > 1 ? split(recurrent, GATES[op.cell], 1) : [];
  if (bias === undefined || bias.rank === 1) {
    return { ...given, columns, recurrentBias: undefined };
  }
  const width = sizeAt(kernel, 1);
  // Sliced from a vector: the wasm kernel refuses a bias whose numbers were stored as a matrix.
  const row = (index: number): Tensor => slice(reshape(bias, [-1]), [index * width], [width]);
  const after = op.cell === "gru" && op.resetAfter;
  return { ...given, columns, bias: row(0), recurrentBias: after ? row(1) : undefined };
}

/** The new state `[h]` or `[h, c]` from the product of the input and the old state. */
export function stepCell(
  op: RecurrentOp,
  cell: CellWeights,
  input: Tensor,
  state: readonly Tensor[],
): readonly Tensor[] {
  const h = tensorAt(state, 0);
  if (op.cell === "gru") return [gruStep(op, cell, input, h)];
  const sum = add(input, stateProduct(op, cell, h));
  if (op.cell === "simple") return [activate(op.activation, sum)];
  return lstmStep(op, sum, tensorAt(state, 1));
}

/** New h and c from the summed gates i, f, c, o along the last axis. */
export function lstmStep(
  op: { readonly activation: Activation; readonly recurrentActivation: Activation },
  sum: Tensor,
  c: Tensor,
): readonly [Tensor, Tensor] {
  const gates = split(sum, 4, sum.rank - 1);
  const gate = (k: number, f: Activation): Tensor => activate(f, tensorAt(gates, k));
  const kept = mul(gate(1, op.recurrentActivation), c);
  const added = mul(gate(0, op.recurrentActivation), gate(2, op.activation));
  const next = add(kept, added);
  return [mul(gate(3, op.recurrentActivation), activate(op.activation, next)), next];
}

function gruStep(op: RecurrentOp, cell: CellWeights, input: Tensor, state: Tensor): Tensor {
  const { recurrentActivation, activation } = op;
  const [inputs, hidden] = [
    split(input, 3, 1),
    split(recurrentOf(op, cell, state), op.resetAfter ? 3 : 2, 1),
  ];
  const gate = (k: number): Tensor =>
    activate(recurrentActivation, add(tensorAt(inputs, k), tensorAt(hidden, k)));
  const [z, r] = [gate(0), gate(1)];
  const candidate = op.resetAfter
    ? mul(r, tensorAt(hidden, 2))
    : matMul(mul(r, restOf(cell, state, 2)), columnsOf(op, cell.recurrent, 2, 1));
  const fresh = activate(activation, add(tensorAt(inputs, 2), candidate));
  const kept = op.dropout?.keeps === "rest" ? restOf(cell, state, 0) : state;
  return add(mul(z, kept), mul(sub(1, z), fresh));
}

/** The state's products: with all gates, or with those that do not wait for the reset. */
function recurrentOf(op: RecurrentOp, cell: CellWeights, h: Tensor): Tensor {
  if (!op.resetAfter) return stateProduct(op, cell, h, 2);
  const product = stateProduct(op, cell, h);
  return cell.recurrentBias === undefined ? product : add(product, cell.recurrentBias);
}

/** The products of the state, as far as it is not dropped, with the first gates. */
function stateProduct(
  op: RecurrentOp,
  cell: CellWeights,
  h: Tensor,
  gates = GATES[op.cell],
): Tensor {
  const { recurrent, columns } = cell;
  if (columns.length > 0) {
    const each = columns.slice(0, gates);
    return concat(
      each.map((own, gate) => matMul(restOf(cell, h, gate), own)),
      1,
    );
  }
  const whole = gates === GATES[op.cell] ? recurrent : columnsOf(op, recurrent, 0, gates);
  return matMul(restOf(cell, h, 0), whole);
}

/** What is left of the state for a gate. */
function restOf({ masks: { state } }: CellWeights, h: Tensor, gate: number): Tensor {
  const mask = state[gate] ?? state[0];
  return mask === undefined ? h : mul(h, mask);
}

function columnsOf({ units }: RecurrentOp, recurrent: Tensor, from: number, count: number): Tensor {
  return slice(recurrent, [0, from * units], [units, count * units]);
}
