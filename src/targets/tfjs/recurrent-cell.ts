import { add, matMul, mul, reshape, slice, split, sub, type Tensor } from "@tensorflow/tfjs-core";
import type { Activation } from "../../ir/ops/activation.ts";
import type { RecurrentOp } from "../../ir/ops/recurrent.ts";
import { activate } from "./activation-function.ts";
import { tensorAt } from "./forward.ts";
import { sizeAt } from "./rank.ts";

/** Weights of one direction. */
export interface CellWeights {
  readonly kernel: Tensor;
  readonly recurrent: Tensor;
  readonly bias: Tensor | undefined;
  /** Of a GRU that resets after the product. */
  readonly recurrentBias: Tensor | undefined;
}

/** Takes the stored weights apart. */
export function prepareCell(
  op: RecurrentOp,
  kernel: Tensor,
  recurrent: Tensor,
  bias: Tensor | undefined,
): CellWeights {
  if (bias === undefined || bias.rank === 1) {
    return { kernel, recurrent, bias, recurrentBias: undefined };
  }
  const columns = sizeAt(kernel, 1);
  // Sliced from a vector: the wasm kernel refuses a bias whose numbers were stored as a matrix.
  const row = (index: number): Tensor => slice(reshape(bias, [-1]), [index * columns], [columns]);
  const after = op.cell === "gru" && op.resetAfter;
  return { kernel, recurrent, bias: row(0), recurrentBias: after ? row(1) : undefined };
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
  const sum = add(input, matMul(h, cell.recurrent));
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

function gruStep(op: RecurrentOp, cell: CellWeights, input: Tensor, h: Tensor): Tensor {
  const { recurrentActivation, activation } = op;
  const [inputs, hidden] = [
    split(input, 3, 1),
    split(recurrentOf(op, cell, h), op.resetAfter ? 3 : 2, 1),
  ];
  const gate = (k: number): Tensor =>
    activate(recurrentActivation, add(tensorAt(inputs, k), tensorAt(hidden, k)));
  const [z, r] = [gate(0), gate(1)];
  const candidate = op.resetAfter
    ? mul(r, tensorAt(hidden, 2))
    : matMul(mul(r, h), slice(cell.recurrent, [0, 2 * op.units], [op.units, op.units]));
  const fresh = activate(activation, add(tensorAt(inputs, 2), candidate));
  return add(mul(z, h), mul(sub(1, z), fresh));
}

/** The state's products: with all gates, or with those that do not wait for the reset. */
function recurrentOf(op: RecurrentOp, cell: CellWeights, h: Tensor): Tensor {
  if (!op.resetAfter) {
    return matMul(h, slice(cell.recurrent, [0, 0], [op.units, 2 * op.units]));
  }
  const product = matMul(h, cell.recurrent);
  return cell.recurrentBias === undefined ? product : add(product, cell.recurrentBias);
}
