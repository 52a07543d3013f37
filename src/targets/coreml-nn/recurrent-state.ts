import type { Node } from "../../ir/graph.ts";
import type { RecurrentOp } from "../../ir/ops/recurrent.ts";
import { constantWeight } from "../../weights/constant.ts";
import type { Emission } from "./emission.ts";
import { BATCH, CHANNEL, type Layout, SEQ } from "./layout.ts";
import { Scribe } from "./scribe.ts";

/** Blobs of the states that a recurrent layer takes and gives. */
export interface StateBlobs {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Where a sequence lies for a recurrent layer. */
export const SEQUENCE: Layout = [BATCH, SEQ, CHANNEL];

/** Where a state lies: a vector. */
const STATE: Layout = [BATCH, CHANNEL];

/** Names of a layer's states in Core ML's order: `h`, `c` of an LSTM, then those of the backward way with `_rev`. */
export function stateSlots(
  op: RecurrentOp,
): readonly { readonly state: string; readonly way: string }[] {
  const states = op.cell === "lstm" ? ["h", "c"] : ["h"];
  const ways = op.direction === "bidirectional" ? ["", "_rev"] : [""];
  return ways.flatMap((way) => states.map((state) => ({ state, way })));
}

/**
 * Values of the graph where it passes states on. Otherwise optional inputs and outputs of the model, as coremltools
 * declares them; an exact array mapping has no room for an absent input, so there they start at zero.
 */
export function stateBlobs(node: Node<RecurrentOp>, emission: Emission): StateBlobs {
  const { op } = node;
  const slots = stateSlots(op);
  const name = emission.layerNameOf(node);
  const declared = emission.arrays === "classic";
  const inputs = op.initialState
    ? slots.map((_, index) => emission.read(node, STATE, index + 1).name)
    : declared
      ? slots.map(({ state, way }) => declare(emission.stateInputs, `${name}_${state}_in${way}`))
      : zeroStates(node, emission, slots.length);
  const first = node.outputs.length - slots.length;
  const outputs = slots.map(({ state, way }, index) => {
    const wanted = `${name}_${state}_out${way}`;
    if (op.returnState) return placeState(node, emission, first + index);
    return declared ? declare(emission.stateOutputs, wanted) : emission.blobName(wanted);
  });
  return { inputs, outputs };

  function declare(list: { name: string; units: number }[], wanted: string): string {
    const blob = emission.blobName(wanted);
    list.push({ name: blob, units: op.units });
    return blob;
  }
}

/** Only the simple layer must be given a state. @see NeuralNetwork.proto SimpleRecurrentLayerParams */
function zeroStates(node: Node<RecurrentOp>, emission: Emission, count: number): readonly string[] {
  const { cell, units } = node.op;
  if (cell !== "simple") return [];
  const scribe = new Scribe(node, emission, `${emission.layerNameOf(node)}_start`);
  const zeros = constantWeight(`zeros(${units})`, [units, 1, 1], new Float32Array(units));
  const blob = scribe.constant(zeros);
  return new Array<string>(count).fill(blob);
}

function placeState(node: Node<RecurrentOp>, emission: Emission, index: number): string {
  const { out } = emission.write(node, STATE, index);
  emission.place(node.outputs[index] ?? "", out, STATE);
  return out;
}
