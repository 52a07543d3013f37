import type { Node } from "../../ir/graph.ts";
import type { ConstantOp, PermuteOp, RepeatOp, ReshapeOp } from "../../ir/ops/shape.ts";
import type { Emitters } from "../target.ts";
import type { Emission } from "./emission.ts";
import { naturalOrder } from "./layout.ts";
import { isRareElement } from "./rare-element.ts";

/** The same numbers elsewhere. */
export const shapeEmitters: Pick<
  Emitters<Emission>,
  "reshape" | "permute" | "repeat" | "constant"
> = {
  reshape: emitReshape,
  permute: emitPermute,
  repeat: emitRepeat,
  constant: emitConstant,
};

/** 0 keeps the batch as it is. */
function emitReshape(node: Node<ReshapeOp>, emission: Emission): void {
  const w = emission.scribe(node);
  const given = emission.input(node);
  const x = emission.move(given, naturalOrder(given.order.length));
  const shape = [
    0,
    ...emission
      .outputShape(node)
      .slice(1)
      .map((dim) => dim ?? -1),
  ];
  emission.place(node, w.add("Reshape", [x.name, w.ints(shape)]), { element: x.element });
}

/** Nothing is moved: the tensor is read in another order of axes from here on. */
function emitPermute(node: Node<PermuteOp>, emission: Emission): void {
  const x = emission.input(node);
  const order = x.order.map((axis) => node.op.dims.indexOf(axis));
  emission.place(node, x.name, { order, element: x.element });
}

function emitRepeat(node: Node<RepeatOp>, emission: Emission): void {
  const w = emission.scribe(node);
  const given = emission.input(node);
  const kept = isRareElement(given.element) ? emission.float(node) : given;
  const x = emission.move(kept, naturalOrder(2));
  const lifted = w.add("Unsqueeze", [x.name, w.ints([1])]);
  const result = w.add("Expand", [lifted, w.ints([1, node.op.n, 1])]);
  emission.place(node, result, { element: x.element });
}

function emitConstant(node: Node<ConstantOp>, emission: Emission): void {
  const value = node.outputs[0] ?? "";
  emission.put(value, emission.constant(node, value, node.op.weights.value));
}
