import type { Node } from "../../ir/graph.ts";
import type { RecurrentOp } from "../../ir/ops/recurrent.ts";
import { reshapeWeight } from "../../weights/reshape.ts";
import { sliceWeight } from "../../weights/slice.ts";
import { ELEMENT } from "./element.ts";
import type { Emission } from "./emission.ts";
import { naturalOrder } from "./layout.ts";
import { cellStep } from "./recurrent-cell.ts";
import { type CellRun, type CellWeights, directionsOf } from "./recurrent-weights.ts";
import { scan, zeroState } from "./scan.ts";
import type { Scribe } from "./scribe.ts";

/** Runs each direction step by step, with masks and any activation. */
export function runCellScan(node: Node<RecurrentOp>, emission: Emission): readonly CellRun[] {
  return directionsOf(node.op).map((weights, index) =>
    runDirection(node, emission, weights, index),
  );
}

function runDirection(
  node: Node<RecurrentOp>,
  emission: Emission,
  cell: CellWeights,
  index: number,
): CellRun {
  const { op } = node;
  const w = emission.scribe(node);
  const x = emission.read(node);
  const kinds = op.cell === "lstm" ? 2 : 1;
  const states = Array.from({ length: kinds }, (_, kind) =>
    op.initialState ? emission.read(node, 1 + index * kinds + kind) : zeroState(w, x, [op.units]),
  );
  // A masked step repeats the output before it, which at the start is zero whatever the state is.
  const outputs = op.masked && op.initialState ? [zeroState(w, x, [op.units])] : [];
  const mask = op.masked
    ? [emission.cast(emission.input(node, node.inputs.length - 1), ELEMENT.bool)]
    : [];
  const side = index === 0 ? "" : "backward_";
  const stepWeights = {
    recurrentKernel: w.weight(`${side}recurrent_kernel`, cell.recurrentKernel),
    recurrentBias: recurrentBias(w, op, cell, side),
  };
  const result = scan(w, {
    states: [...states, ...outputs],
    sequences: [{ name: projected(w, op, x, cell, side), element: ELEMENT.float }, ...mask],
    reversed: index === 1 || op.direction === "backward",
    turned: index === 1,
    collect: op.returnSequences,
    step(body, before, [item = "", keep]) {
      const [h = "", ...rest] = before;
      const next = cellStep(body, op, item, before.slice(0, kinds), stepWeights);
      if (keep === undefined) return { states: next, output: next[0] ?? "" };
      const choose = body.add("Unsqueeze", [keep, body.ints([1])]);
      const kept = (now: string, old: string): string => body.add("Where", [choose, now, old]);
      const held = next.map((now, kind) => kept(now, kind === 0 ? h : (rest[0] ?? "")));
      const shown = outputs.length === 0 ? [] : [kept(next[0] ?? "", before[kinds] ?? "")];
      return { states: [...held, ...shown], output: shown[0] ?? held[0] ?? "" };
    },
  });
  const last = result.states[outputs.length === 0 ? 0 : kinds] ?? "";
  return {
    output: op.returnSequences ? result.steps : last,
    order: naturalOrder(op.returnSequences ? 3 : 2),
    states: result.states.slice(0, kinds),
  };
}

/** The input's part of all gates, for all steps at once. */
function projected(
  w: Scribe,
  op: RecurrentOp,
  x: string,
  { kernel, bias }: CellWeights,
  side: string,
): string {
  const product = w.add("MatMul", [x, w.weight(`${side}kernel`, kernel)]);
  if (bias === undefined) return product;
  const first = op.cell === "gru" && op.resetAfter ? row(bias, 0) : bias;
  return w.add("Add", [product, w.weight(`${side}bias`, first)]);
}

function recurrentBias(
  w: Scribe,
  op: RecurrentOp,
  { bias }: CellWeights,
  side: string,
): string | undefined {
  if (bias === undefined || op.cell !== "gru" || !op.resetAfter) return undefined;
  return w.weight(`${side}recurrent_bias`, row(bias, 1));
}

function row(bias: CellWeights["recurrentKernel"], index: number): CellWeights["recurrentKernel"] {
  const part = sliceWeight(bias, 0, index, index + 1);
  return reshapeWeight(part, part.shape.slice(1));
}
