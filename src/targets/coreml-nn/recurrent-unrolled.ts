import type { Node } from "../../ir/graph.ts";
import type { Activation } from "../../ir/ops/activation.ts";
import type { RecurrentOp } from "../../ir/ops/recurrent.ts";
import { filledWeight } from "../../weights/constant.ts";
import { transposeWeight } from "../../weights/transpose.ts";
import { knownSize, refuse } from "../refuse.ts";
import { simpleActivation } from "./activation-function.ts";
import type { Emission } from "./emission.ts";
import { BATCH, type Blob, type Layout, SEQ, WIDTH, withAxisAt } from "./layout.ts";
import { createCell, inputBias } from "./recurrent-cell.ts";
import { SEQUENCE, stateSlots } from "./recurrent-state.ts";
import { type CellWeights, cellWeights } from "./recurrent-weights.ts";
import { Scribe } from "./scribe.ts";
import { ADD, linear, MULTIPLY } from "./steps.ts";

/** Vectors stand on the width, where a matrix product takes them. */
const VECTOR: Layout = [BATCH, WIDTH];
const ROWS: Layout = [BATCH, SEQ, WIDTH];

/** More steps than this would make more layers than anyone can load. */
const MOST_STEPS = 1000;

/** One way through the sequence. */
interface Way {
  readonly scribe: Scribe;
  /** In the order in which they were made, which for a backward way is last step first. */
  readonly outputs: readonly string[];
  readonly states: readonly string[];
}

/**
 * Every time step written out, for equations and masks that Core ML's recurrent layers do not have. The matrices are
 * constant blobs that all steps share.
 */
export function emitUnrolled(node: Node<RecurrentOp>, emission: Emission): string {
  const steps = countSteps(node, emission);
  const { activation, recurrentActivation, cell } = node.op;
  checkActivations(node, cell === "simple" ? [activation] : [activation, recurrentActivation]);
  const { direction, returnSequences, returnState } = node.op;
  const [forward, backward = forward] = cellWeights(node.op);
  const name = emission.layerNameOf(node);
  const ways =
    direction === "bidirectional"
      ? [
          unroll(node, emission, `${name}_forward`, { index: 0, weights: forward, steps }),
          unroll(node, emission, `${name}_backward`, { index: 1, weights: backward, steps }),
        ]
      : [
          unroll(node, emission, name, {
            index: direction === "backward" ? -1 : 0,
            weights: forward,
            steps,
          }),
        ];
  const outputs = mergeWays(node.op, ways);
  const layout = returnSequences ? ROWS : VECTOR;
  for (const [index, blob] of outputs.entries()) {
    emission.place(node.outputs[index] ?? "", blob, layout);
  }
  const states = returnState ? ways.flatMap((way) => way.states) : [];
  for (const [index, blob] of states.entries()) {
    emission.place(node.outputs[outputs.length + index] ?? "", blob, VECTOR);
  }
  return outputs[0] ?? "";
}

/** The number of time steps to write out. */
export function countSteps(node: Node, emission: Emission): number {
  const steps = knownSize(node, emission.input(node).shape, 1, "The number of time steps");
  if (steps <= MOST_STEPS) return steps;
  return refuse(
    node,
    `${steps} time steps would have to be written out one by one; at most ${MOST_STEPS} are.`,
  );
}

/** Refuses activations that take more than one layer. */
export function checkActivations(node: Node, activations: readonly Activation[]): void {
  for (const activation of activations) {
    if (simpleActivation(activation) !== undefined) continue;
    refuse(node, `the activation "${activation.fn}" inside a recurrent layer cannot be expressed.`);
  }
}

interface Direction {
  /** 0 forward; 1 the backward way of a bidirectional layer; -1 a backward layer. */
  readonly index: number;
  readonly weights: CellWeights;
  readonly steps: number;
}

function unroll(
  node: Node<RecurrentOp>,
  emission: Emission,
  prefix: string,
  { index, weights, steps }: Direction,
): Way {
  const { op } = node;
  const scribe = new Scribe(node, emission, `${prefix}_step`);
  const inputs = projectInputs(node, emission, scribe, prefix, { index, weights, steps });
  const masks = op.masked ? splitMask(node, emission, scribe, steps) : [];
  const cell = createCell(op, weights, scribe);
  const zeros = (): string => scribe.constant(filledWeight(`zeros(${op.units})`, [op.units], 0));
  let states = initialStates(node, emission, Math.max(index, 0), zeros);
  let output = op.masked && op.initialState ? zeros() : (states[0] ?? "");
  const outputs: string[] = [];
  for (let step = 0; step < steps; step++) {
    const at = index === 0 ? step : steps - 1 - step;
    const made = cell(inputs[at] ?? "", states);
    const mask = masks[at];
    const previous = states;
    states =
      mask === undefined
        ? made
        : made.map((state, k) => keep(scribe, mask, state, previous[k] ?? ""));
    const separate = mask !== undefined && op.initialState;
    output = separate ? keep(scribe, mask, made[0] ?? "", output) : (states[0] ?? "");
    outputs.push(output);
  }
  return { scribe, outputs, states };
}

/** The input's share of all gates, for all steps at once, then step by step. */
function projectInputs(
  node: Node<RecurrentOp>,
  emission: Emission,
  scribe: Scribe,
  prefix: string,
  { weights, steps }: Direction,
): readonly string[] {
  const x = emission.read(node, SEQUENCE);
  const [inputChannels = 0, outputChannels = 0] = weights.kernel.shape;
  const bias = inputBias(node.op, weights.bias);
  const projected = scribe.add(
    {
      innerProduct: {
        inputChannels,
        outputChannels,
        weights: emission.weights(node, transposeWeight(weights.kernel, [1, 0])),
        ...(bias === undefined ? {} : { hasBias: true, bias: emission.weights(node, bias) }),
      },
    },
    x.name,
  );
  const blob: Blob = { name: projected, layout: SEQUENCE, shape: [null, steps, outputChannels] };
  const turned = emission.move(blob, withAxisAt(SEQUENCE, 2, WIDTH), `${prefix}__turn__`);
  return scribe.split(turned.name, SEQ, steps);
}

function splitMask(
  node: Node<RecurrentOp>,
  emission: Emission,
  scribe: Scribe,
  steps: number,
): readonly string[] {
  const mask = emission.read(node, [BATCH, SEQ], node.inputs.length - 1);
  return scribe.split(mask.name, SEQ, steps);
}

function initialStates(
  node: Node<RecurrentOp>,
  emission: Emission,
  way: number,
  zeros: () => string,
): readonly string[] {
  const slots = stateSlots(node.op).filter((slot) => (slot.way === "") === (way === 0));
  if (!node.op.initialState) {
    const zero = zeros();
    return slots.map(() => zero);
  }
  return slots.map((_, index) => emission.read(node, VECTOR, 1 + way * slots.length + index).name);
}

/** `mask * made + (1 - mask) * before`: a masked step keeps what was. */
function keep(scribe: Scribe, mask: string, made: string, before: string): string {
  const product = { multiplyBroadcastable: {} };
  const fresh = scribe.add(product, made, mask);
  return scribe.add(ADD, fresh, scribe.add(product, before, scribe.add(linear(-1, 1), mask)));
}

/** The outputs of the layer, both ways in input time. */
function mergeWays(op: RecurrentOp, ways: readonly Way[]): readonly string[] {
  const [first, second] = ways;
  if (first === undefined) return [];
  const joined = (way: Way, outputs: readonly string[]): string =>
    op.returnSequences ? way.scribe.join(outputs, SEQ) : (outputs.at(-1) ?? "");
  const ahead = joined(first, first.outputs);
  if (second === undefined) return [ahead];
  const back = joined(second, op.returnSequences ? [...second.outputs].reverse() : second.outputs);
  const { scribe } = second;
  switch (op.merge) {
    case null:
      return [ahead, back];
    case "concat":
      return [scribe.join([ahead, back], -1)];
    case "sum":
      return [scribe.add(ADD, ahead, back)];
    case "multiply":
      return [scribe.add(MULTIPLY, ahead, back)];
    case "average":
      return [scribe.add({ average: {} }, ahead, back)];
  }
}
