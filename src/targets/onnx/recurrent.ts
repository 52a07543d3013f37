import type { Node } from "../../ir/graph.ts";
import type { RecurrentOp } from "../../ir/ops/recurrent.ts";
import type { Emitters } from "../target.ts";
import { int } from "./attributes.ts";
import { emitConvLstm } from "./conv-lstm.ts";
import type { Emission } from "./emission.ts";
import { naturalOrder } from "./layout.ts";
import { isCellOperator, runCellOperator } from "./recurrent-operator.ts";
import { runCellScan } from "./recurrent-scan.ts";
import type { Scribe } from "./scribe.ts";

/** Recurrent layers: ONNX's own operators where they compute the same, else the cell step by step in a `Scan`. */
export const recurrentEmitters: Pick<Emitters<Emission>, "recurrent" | "convLstm"> = {
  recurrent: emitRecurrent,
  convLstm: emitConvLstm,
};

function emitRecurrent(node: Node<RecurrentOp>, emission: Emission): void {
  const { op } = node;
  const runs = isCellOperator(op) ? runCellOperator(node, emission) : runCellScan(node, emission);
  const order = runs[0]?.order ?? naturalOrder(2);
  const outputs = runs.map(({ output }) => output);
  const merged =
    op.merge === null ? outputs : [merge(emission.scribe(node), op, outputs, order.length - 1)];
  merged.forEach((output, index) => {
    emission.place(node, output, { order, index });
  });
  if (!op.returnState) return;
  const states = runs.flatMap((run) => run.states);
  states.forEach((state, index) => {
    emission.place(node, state, { index: merged.length + index });
  });
}

/** Both directions as one; of a layer with a single direction that one. */
function merge(w: Scribe, op: RecurrentOp, outputs: readonly string[], last: number): string {
  const [only = ""] = outputs;
  if (outputs.length === 1) return only;
  if (op.merge === "concat") return w.add("Concat", outputs, { axis: int(last) });
  if (op.merge === "multiply") return w.add("Mul", outputs);
  return w.add(op.merge === "average" ? "Mean" : "Add", outputs);
}
