import type { WeightRef } from "../../ir/tensor.ts";
import { concatWeights } from "../../weights/concat.ts";
import { mapWeight } from "../../weights/map.ts";
import { reshapeWeight } from "../../weights/reshape.ts";
import { sliceWeight } from "../../weights/slice.ts";
import { transposeWeight } from "../../weights/transpose.ts";
import type { Leaf } from "./slots.ts";
import { innermost } from "./topology.ts";

/**
 * Weights of CuDNNLSTM and CuDNNGRU in the layout of LSTM and GRU. Their bias tells: it is a vector twice as long as
 * the gates together.
 *
 * @see keras/engine/saving.py (Keras 2.2.4) `_convert_rnn_weights`
 */
export function unfuseCudnn(
  leaf: Leaf,
  weights: ReadonlyMap<string, WeightRef>,
): ReadonlyMap<string, WeightRef> {
  const gates = GATES.get(innermost(leaf.layer).className);
  if (gates === undefined) return weights;
  const result = new Map(weights);
  for (const { role } of leaf.slots) {
    if (!role.endsWith("recurrent_kernel")) continue;
    const prefix = role.slice(0, -"recurrent_kernel".length);
    const kernel = weights.get(`${prefix}kernel`);
    const recurrent = weights.get(role);
    const bias = weights.get(`${prefix}bias`);
    if (kernel === undefined || recurrent === undefined || bias === undefined) continue;
    const columns = kernel.shape[1];
    if (columns === undefined || columns % gates !== 0 || !isDouble(bias, columns)) continue;
    result.set(`${prefix}kernel`, perGate(kernel, gates, restoreInput));
    result.set(
      role,
      perGate(recurrent, gates, (gate) => transposeWeight(gate, [1, 0])),
    );
    result.set(`${prefix}bias`, gates === 4 ? addHalves(bias) : reshapeWeight(bias, [2, columns]));
  }
  return result;
}

const GATES: ReadonlyMap<string, number> = new Map([
  ["LSTM", 4],
  ["CuDNNLSTM", 4],
  ["GRU", 3],
  ["CuDNNGRU", 3],
]);

function isDouble(bias: WeightRef, columns: number): boolean {
  return bias.shape.length === 1 && bias.shape[0] === 2 * columns;
}

function perGate(
  ref: WeightRef,
  gates: number,
  convert: (gate: WeightRef) => WeightRef,
): WeightRef {
  const units = (ref.shape[1] ?? 0) / gates;
  const parts = Array.from({ length: gates }, (_, gate) =>
    convert(sliceWeight(ref, 1, gate * units, (gate + 1) * units)),
  );
  return concatWeights(parts, 1);
}

/** An `[in, units]` gate whose numbers are those of the `[units, in]` matrix, row by row. */
function restoreInput(gate: WeightRef): WeightRef {
  const [features = 0, units = 0] = gate.shape;
  return transposeWeight(reshapeWeight(gate, [units, features]), [1, 0]);
}

function addHalves(bias: WeightRef): WeightRef {
  const half = (bias.shape[0] ?? 0) / 2;
  const halves = [sliceWeight(bias, 0, 0, half), sliceWeight(bias, 0, half, 2 * half)];
  return mapWeight("sum", halves, [half], (a, b) =>
    Float64Array.from({ length: half }, (_, index) =>
      Math.fround((a?.[index] ?? 0) + (b?.[index] ?? 0)),
    ),
  );
}
