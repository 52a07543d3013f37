import type { RecurrentOp } from "../../ir/ops/recurrent.ts";
import { sizeOf, type WeightRef } from "../../ir/tensor.ts";
import { mapWeight } from "../../weights/map.ts";
import { sliceWeight } from "../../weights/slice.ts";
import { simpleActivation } from "./activation-function.ts";
import type { CellWeights } from "./recurrent-weights.ts";
import type { Scribe } from "./scribe.ts";
import type { LayerBody } from "./spec-version.ts";
import { ADD, linear, MULTIPLY } from "./steps.ts";

/** One time step: from the input's share of all gates and the states to the new states, the output first. */
export type Cell = (x: string, states: readonly string[]) => readonly string[];

/** The equations of `RecurrentOp`, in layers. Vectors stand on the width. */
export function createCell(op: RecurrentOp, weights: CellWeights, scribe: Scribe): Cell {
  if (op.cell === "lstm") return lstmCell(op, weights, scribe);
  if (op.cell === "gru")
    return op.resetAfter ? resetAfterCell(op, weights, scribe) : gruCell(op, weights, scribe);
  const recurrent = scribe.constant(weights.recurrentKernel);
  const activate = activationOf(op.activation);
  return (x, [h = ""]) => [
    scribe.add(activate, scribe.add(ADD, x, scribe.add(MATMUL, h, recurrent))),
  ];
}

/** The bias that goes to the input's share: of a reset-after GRU both rows, but for what the reset gate multiplies. */
export function inputBias(op: RecurrentOp, bias: WeightRef | undefined): WeightRef | undefined {
  if (bias === undefined || op.cell !== "gru" || !op.resetAfter) return bias;
  const columns = 3 * op.units;
  return mapWeight("input_bias", [bias], [columns], (rows = new Float64Array()) =>
    Float64Array.from({ length: columns }, (_, column) => {
      const recurrent = column < 2 * op.units ? (rows[columns + column] ?? 0) : 0;
      return (rows[column] ?? 0) + recurrent;
    }),
  );
}

const MATMUL: LayerBody = { batchedMatmul: {} };
const LAST = -1;

function activationOf(activation: RecurrentOp["activation"]): LayerBody {
  return { activation: simpleActivation(activation) ?? { linear: { alpha: 1, beta: 0 } } };
}

function lstmCell(op: RecurrentOp, weights: CellWeights, scribe: Scribe): Cell {
  const recurrent = scribe.constant(weights.recurrentKernel);
  const activate = activationOf(op.activation);
  const gate = activationOf(op.recurrentActivation);
  return (x, [h = "", c = ""]) => {
    const sum = scribe.add(ADD, x, scribe.add(MATMUL, h, recurrent));
    const [i = "", f = "", block = "", o = ""] = scribe.split(sum, LAST, 4);
    const kept = scribe.add(MULTIPLY, scribe.add(gate, f), c);
    const added = scribe.add(MULTIPLY, scribe.add(gate, i), scribe.add(activate, block));
    const cell = scribe.add(ADD, kept, added);
    return [scribe.add(MULTIPLY, scribe.add(gate, o), scribe.add(activate, cell)), cell];
  };
}

function gruCell(op: RecurrentOp, weights: CellWeights, scribe: Scribe): Cell {
  const { units } = op;
  const gates = scribe.constant(sliceWeight(weights.recurrentKernel, 1, 0, 2 * units));
  const candidate = scribe.constant(sliceWeight(weights.recurrentKernel, 1, 2 * units, 3 * units));
  const activate = activationOf(op.activation);
  const gate = activationOf(op.recurrentActivation);
  return (x, [h = ""]) => {
    const [xz = "", xr = "", xh = ""] = scribe.split(x, LAST, 3);
    const [hz = "", hr = ""] = scribe.split(scribe.add(MATMUL, h, gates), LAST, 2);
    const z = scribe.add(gate, scribe.add(ADD, xz, hz));
    const r = scribe.add(gate, scribe.add(ADD, xr, hr));
    const reset = scribe.add(MATMUL, scribe.add(MULTIPLY, r, h), candidate);
    return [blend(scribe, z, h, scribe.add(activate, scribe.add(ADD, xh, reset)))];
  };
}

function resetAfterCell(op: RecurrentOp, weights: CellWeights, scribe: Scribe): Cell {
  const { units } = op;
  const recurrent = scribe.constant(weights.recurrentKernel);
  const bias =
    weights.bias === undefined ? undefined : scribe.constant(candidateBias(weights.bias, units));
  const activate = activationOf(op.activation);
  const gate = activationOf(op.recurrentActivation);
  return (x, [h = ""]) => {
    const [xz = "", xr = "", xh = ""] = scribe.split(x, LAST, 3);
    const [hz = "", hr = "", hh = ""] = scribe.split(scribe.add(MATMUL, h, recurrent), LAST, 3);
    const z = scribe.add(gate, scribe.add(ADD, xz, hz));
    const r = scribe.add(gate, scribe.add(ADD, xr, hr));
    const biased = bias === undefined ? hh : scribe.add(ADD, hh, bias);
    const reset = scribe.add(MULTIPLY, r, biased);
    return [blend(scribe, z, h, scribe.add(activate, scribe.add(ADD, xh, reset)))];
  };
}

/** The recurrent bias of the candidate, which the reset gate multiplies. */
function candidateBias(bias: WeightRef, units: number): WeightRef {
  return mapWeight("candidate_bias", [bias], [units], (rows = new Float64Array()) =>
    rows.subarray(sizeOf(bias.shape) - units),
  );
}

/** `z * h + (1 - z) * candidate` */
function blend(scribe: Scribe, z: string, h: string, candidate: string): string {
  const kept = scribe.add(MULTIPLY, z, h);
  return scribe.add(ADD, kept, scribe.add(MULTIPLY, scribe.add(linear(-1, 1), z), candidate));
}
