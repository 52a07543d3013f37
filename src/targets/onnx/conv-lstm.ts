import type { Node } from "../../ir/graph.ts";
import type { ConvLstmOp } from "../../ir/ops/recurrent.ts";
import { windowOutput } from "../../ir/ops/window.ts";
import { knownSize } from "../refuse.ts";
import { biasInput } from "./bias-input.ts";
import { convKernel } from "./conv.ts";
import { ELEMENT } from "./element.ts";
import type { Emission } from "./emission.ts";
import { imageOrder, naturalOrder } from "./layout.ts";
import { lstmStep } from "./recurrent-cell.ts";
import { scan, zeroState } from "./scan.ts";
import { windowAttributes } from "./window.ts";

/** An LSTM with convolutions for products, step by step; channels before the spatial axes inside. */
export function emitConvLstm(node: Node<ConvLstmOp>, emission: Emission): void {
  const { op } = node;
  const { kernel, recurrentKernel } = op.weights;
  const w = emission.scribe(node);
  const shape = emission.inputShape(node);
  const rank = op.strides.length;
  const size = kernel.shape.slice(0, rank);
  const spatial = naturalOrder(rank).map((axis) =>
    knownSize(node, shape, axis + 2, "The size of the pictures"),
  );
  const window = { ...op, size };
  const out = windowOutput(window, spatial).map((dim) => dim ?? 0);
  const ones = op.strides.map(() => 1);
  const inner = { size, strides: ones, dilations: ones, padding: "same" } as const;
  const x = emission.read(node, 0, [0, 1, rank + 2, ...naturalOrder(rank).map((axis) => axis + 2)]);
  const outer = [w.weight("kernel", convKernel(kernel)), ...biasInput(w, op.weights.bias)];
  const hidden = w.weight("recurrent_kernel", convKernel(recurrentKernel));
  const zero = zeroState(w, x, [op.filters, ...out]);
  const frame = imageOrder("channels-last", rank + 2);
  const result = scan(w, {
    states: [zero, zero],
    sequences: [{ name: x, element: ELEMENT.float }],
    reversed: op.direction === "backward",
    turned: false,
    collect: op.returnSequences,
    step(body, [h = "", c = ""], [item = ""]) {
      const given = body.add("Conv", [item, ...outer], windowAttributes(window, spatial));
      const kept = body.add("Conv", [h, hidden], windowAttributes(inner, out));
      const sum = body.add("Add", [given, kept]);
      const states = lstmStep(body, op, sum, c, { order: frame, channels: 1 });
      return { states, output: states[0] ?? "" };
    },
  });
  if (!op.returnSequences) {
    emission.place(node, result.states[0] ?? "", { order: frame });
    return;
  }
  const order = [0, 1, rank + 2, ...naturalOrder(rank).map((axis) => axis + 2)];
  emission.place(node, result.steps, { order });
}
