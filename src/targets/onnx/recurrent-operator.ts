import type { Node } from "../../ir/graph.ts";
import type { Activation } from "../../ir/ops/activation.ts";
import type { RecurrentOp } from "../../ir/ops/recurrent.ts";
import { type Attributes, floats, int, text, texts } from "./attributes.ts";
import type { Emission } from "./emission.ts";
import { naturalOrder } from "./layout.ts";
import { TO_THE_END } from "./pad.ts";
import { type CellRun, directionsOf, operatorWeights } from "./recurrent-weights.ts";
import type { Scribe } from "./scribe.ts";

/** Whether ONNX's operators compute this layer: they know no masks with gaps, and few activations. */
export function isCellOperator(op: RecurrentOp): boolean {
  return !op.masked && functionsOf(op).every((f) => nameOf(f) !== undefined);
}

/** Runs both directions at once. */
export function runCellOperator(node: Node<RecurrentOp>, emission: Emission): readonly CellRun[] {
  const { op } = node;
  const w = emission.scribe(node);
  const directions = directionsOf(op);
  const { kernel, recurrentKernel, bias } = operatorWeights(op, directions);
  const [h, c] = initialStates(w, node, emission, directions.length);
  const inputs = [
    emission.read(node, 0, TIME_FIRST),
    w.weight("kernel", kernel),
    w.weight("recurrent_kernel", recurrentKernel),
    bias === undefined ? "" : w.weight("bias", bias),
    "",
    h,
    c,
  ];
  const outputs = op.cell === "lstm" ? 3 : 2;
  const [steps = "", ...last] = w.addMany(OPERATORS[op.cell], inputs, outputs, attributes(op));
  const sequences = op.returnSequences
    ? split(w, steps, 1, directions.length).map((run) => inProcessedOrder(w, op, run))
    : undefined;
  const states = last.map((state) => split(w, state, 0, directions.length));
  return directions.map((_, index) => {
    const own = states.map((state) => state[index] ?? "");
    if (sequences === undefined) {
      return { output: own[0] ?? "", order: naturalOrder(2), states: own };
    }
    return { output: sequences[index] ?? "", order: TIME_FIRST, states: own };
  });
}

/** The operators want time before the batch. */
const TIME_FIRST = [1, 0, 2];

const OPERATORS = { simple: "RNN", gru: "GRU", lstm: "LSTM" } as const;
const DIRECTIONS = {
  forward: "forward",
  backward: "reverse",
  bidirectional: "bidirectional",
} as const;

function attributes(op: RecurrentOp): Attributes {
  const perDirection = functionsOf(op);
  const all = op.direction === "bidirectional" ? [...perDirection, ...perDirection] : perDirection;
  const alphas = all.flatMap((f) => alphaOf(f));
  const betas = all.flatMap((f) => betaOf(f));
  return {
    hidden_size: int(op.units),
    direction: text(DIRECTIONS[op.direction]),
    activations: texts(all.map((f) => nameOf(f) ?? "")),
    ...(alphas.length === 0 ? {} : { activation_alpha: floats(alphas) }),
    ...(betas.length === 0 ? {} : { activation_beta: floats(betas) }),
    ...(op.cell === "gru" && op.resetAfter ? { linear_before_reset: int(1) } : {}),
  };
}

/** The activations in the order of the operator's attribute. */
function functionsOf(op: RecurrentOp): readonly Activation[] {
  if (op.cell === "simple") return [op.activation];
  if (op.cell === "gru") return [op.recurrentActivation, op.activation];
  return [op.recurrentActivation, op.activation, op.activation];
}

function nameOf(f: Activation): string | undefined {
  switch (f.fn) {
    case "linear":
      return "Affine";
    case "sigmoid":
      return "Sigmoid";
    case "hardSigmoid":
      return "HardSigmoid";
    case "tanh":
      return "Tanh";
    case "softplus":
      return "Softplus";
    case "softsign":
      return "Softsign";
    case "relu":
      return f.negativeSlope === 0 && f.maxValue === null && f.threshold === 0 ? "Relu" : undefined;
    default:
      return undefined;
  }
}

function alphaOf(f: Activation): readonly number[] {
  if (f.fn === "hardSigmoid") return [f.slope];
  return f.fn === "linear" ? [1] : [];
}

function betaOf(f: Activation): readonly number[] {
  if (f.fn === "hardSigmoid") return [f.offset];
  return f.fn === "linear" ? [0] : [];
}

/** Both kinds of state `(directions, batch, units)`; empty where the layer starts at zeros. */
function initialStates(
  w: Scribe,
  node: Node<RecurrentOp>,
  emission: Emission,
  directions: number,
): readonly [string, string] {
  const { op } = node;
  if (!op.initialState) return ["", ""];
  const kinds = op.cell === "lstm" ? 2 : 1;
  const joined = (kind: number): string => {
    const states = Array.from({ length: directions }, (_, direction) =>
      w.add("Unsqueeze", [emission.read(node, 1 + direction * kinds + kind), w.ints([0])]),
    );
    return states.length === 1 ? (states[0] ?? "") : w.add("Concat", states, { axis: int(0) });
  };
  return [joined(0), kinds === 2 ? joined(1) : ""];
}

/** One tensor for each direction, without the axis of directions. */
function split(w: Scribe, x: string, axis: number, directions: number): readonly string[] {
  const parts = directions === 1 ? [x] : w.addMany("Split", [x], directions, { axis: int(axis) });
  return parts.map((part) => w.add("Squeeze", [part, w.ints([axis])]));
}

/** ONNX gives the steps of a reversed run in the order of the input; Keras as they were computed. */
function inProcessedOrder(w: Scribe, op: RecurrentOp, steps: string): string {
  if (op.direction !== "backward") return steps;
  return w.add("Slice", [steps, w.ints([-1]), w.ints([-TO_THE_END]), w.ints([0]), w.ints([-1])]);
}
