import type { RecurrentOp } from "../../ir/ops/recurrent.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import { concatWeights } from "../../weights/concat.ts";
import { filledWeight } from "../../weights/constant.ts";
import { reshapeWeight } from "../../weights/reshape.ts";
import { sliceWeight } from "../../weights/slice.ts";
import { transposeWeight } from "../../weights/transpose.ts";

/** Weights of one direction, as Keras has them: gates side by side in the columns. */
export interface CellWeights {
  /** `[in, gates * units]` */
  readonly kernel: WeightRef;
  /** `[units, gates * units]` */
  readonly recurrentKernel: WeightRef;
  /** `[gates * units]`, or `[2, gates * units]` of a GRU that resets after the product. */
  readonly bias: WeightRef | undefined;
}

/** What one direction of a recurrent layer gives. */
export interface CellRun {
  /** All steps `(time, batch, units)` or `(batch, time, units)` as `order` says, or the last `(batch, units)`. */
  readonly output: string;
  readonly order: readonly number[];
  /** `(batch, units)` each. */
  readonly states: readonly string[];
}

/** The weights of each direction that there is, forward first. */
export function directionsOf(op: RecurrentOp): readonly CellWeights[] {
  const { weights } = op;
  const { backwardKernel: kernel, backwardRecurrentKernel: recurrentKernel } = weights;
  const forward = {
    kernel: weights.kernel,
    recurrentKernel: weights.recurrentKernel,
    bias: weights.bias,
  };
  if (kernel === undefined || recurrentKernel === undefined) return [forward];
  return [forward, { kernel, recurrentKernel, bias: weights.backwardBias }];
}

/** `[directions, gates * units, in]`, `[directions, gates * units, units]` and `[directions, 2 * gates * units]`. */
export interface OperatorWeights {
  readonly kernel: WeightRef;
  readonly recurrentKernel: WeightRef;
  readonly bias: WeightRef | undefined;
}

/** The gates in ONNX's order: of an LSTM i, o, f, c where Keras has i, f, c, o; the others agree. */
const GATES: Readonly<Record<RecurrentOp["cell"], readonly number[]>> = {
  simple: [0],
  gru: [0, 1, 2],
  lstm: [0, 3, 1, 2],
};

/** Weights as the operators `RNN`, `GRU` and `LSTM` take them. */
export function operatorWeights(
  op: RecurrentOp,
  directions: readonly CellWeights[],
): OperatorWeights {
  const matrix = (ref: WeightRef): WeightRef => {
    const turned = transposeWeight(inOrder(op, ref, 1), [1, 0]);
    return reshapeWeight(turned, [1, ...turned.shape]);
  };
  const biased = directions.some(({ bias }) => bias !== undefined);
  return {
    kernel: concatWeights(
      directions.map(({ kernel }) => matrix(kernel)),
      0,
    ),
    recurrentKernel: concatWeights(
      directions.map(({ recurrentKernel }) => matrix(recurrentKernel)),
      0,
    ),
    bias: biased
      ? concatWeights(
          directions.map((direction) => biasRow(op, direction)),
          0,
        )
      : undefined,
  };
}

/** Of the input, then of the state; Keras has the second one of some GRUs only. */
function biasRow(op: RecurrentOp, { kernel, bias }: CellWeights): WeightRef {
  const columns = kernel.shape[1] ?? 0;
  const none = filledWeight(`zeros(${columns})`, [1, columns], 0);
  const rows = bias && reshapeWeight(bias, [bias.shape.length, columns]);
  const row = (index: number): WeightRef =>
    rows === undefined || index >= (rows.shape[0] ?? 0)
      ? none
      : inOrder(op, sliceWeight(rows, 0, index, index + 1), 1);
  return concatWeights([row(0), row(1)], 1);
}

function inOrder(op: RecurrentOp, ref: WeightRef, axis: number): WeightRef {
  const order = GATES[op.cell];
  if (order.every((gate, index) => gate === index)) return ref;
  const parts = order.map((gate) => sliceWeight(ref, axis, gate * op.units, (gate + 1) * op.units));
  return concatWeights(parts, axis);
}
