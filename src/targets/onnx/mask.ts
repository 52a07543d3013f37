import type { Node } from "../../ir/graph.ts";
import type { ApplyMaskOp, NotEqualMaskOp } from "../../ir/ops/mask.ts";
import type { Emitters } from "../target.ts";
import { int, ints } from "./attributes.ts";
import { ELEMENT } from "./element.ts";
import type { Emission } from "./emission.ts";
import { naturalOrder } from "./layout.ts";
import { isRareElement } from "./rare-element.ts";

/** Masks are booleans, as in Keras. */
export const maskEmitters: Pick<Emitters<Emission>, "notEqualMask" | "applyMask"> = {
  notEqualMask: emitNotEqualMask,
  applyMask: emitApplyMask,
};

function emitNotEqualMask(node: Node<NotEqualMaskOp>, emission: Emission): void {
  const { op } = node;
  const w = emission.scribe(node);
  const given = emission.input(node);
  const whole = given.element === ELEMENT.int32 || given.element === ELEMENT.int64;
  const kept = whole && Number.isSafeInteger(op.value) ? given : emission.float(node);
  const x = emission.move(kept, naturalOrder(kept.order.length));
  const differs = w.add("Not", [w.add("Equal", [x.name, w.scalar(op.value, x.element)])]);
  if (!op.reduceLast) {
    emission.place(node, differs, { element: ELEMENT.bool });
    return;
  }
  const numbers = w.add("Cast", [differs], { to: int(ELEMENT.float) });
  const any = w.add("ReduceMax", [numbers], { axes: ints([x.order.length - 1]), keepdims: int(0) });
  const mask = w.add("Cast", [any], { to: int(ELEMENT.bool) });
  emission.place(node, mask, { element: ELEMENT.bool });
}

function emitApplyMask(node: Node<ApplyMaskOp>, emission: Emission): void {
  const w = emission.scribe(node);
  const given = emission.input(node);
  const kept = isRareElement(given.element) ? emission.float(node) : given;
  const x = emission.move(kept, naturalOrder(kept.order.length));
  const mask = emission.cast(emission.input(node, 1), ELEMENT.bool);
  const natural = emission.move(mask, naturalOrder(mask.order.length)).name;
  const missing = x.order.slice(mask.order.length);
  const wide = missing.length === 0 ? natural : w.add("Unsqueeze", [natural, w.ints(missing)]);
  const result = w.add("Where", [wide, x.name, w.scalar(0, x.element)]);
  emission.place(node, result, { element: x.element });
}
