import type { Node } from "../../ir/graph.ts";
import type { ApplyMaskOp, NotEqualMaskOp } from "../../ir/ops/mask.ts";
import type { GlobalPoolOp } from "../../ir/ops/pool.ts";
import { refuse } from "../refuse.ts";
import type { Emitters } from "../target.ts";
import type { Emission } from "./emission.ts";
import { BATCH, CHANNEL, type Layout, WIDTH, withAxisAt } from "./layout.ts";

/** Masks over time steps, as numbers: 1 for a step that counts, 0 for one that does not. */
export const maskEmitters: Pick<Emitters<Emission>, "notEqualMask" | "applyMask"> = {
  notEqualMask: emitNotEqualMask,
  applyMask: emitApplyMask,
};

function emitNotEqualMask(node: Node<NotEqualMaskOp>, emission: Emission): string {
  const { reduceLast, value } = node.op;
  const { shape, layout } = emission.input(node);
  const last = shape.length - 1;
  const wanted = reduceLast ? withAxisAt(layout, last, CHANNEL) : layout;
  const x = emission.read(node, wanted).name;
  const writer = emission.write(node, reduceLast ? wanted.slice(0, -1) : wanted);
  const differs = { notEqual: { alpha: value } };
  if (!reduceLast) return writer.finish(differs, x);
  const any = { reduce: { mode: "MAX", axis: "C" } } as const;
  return writer.finish(any, writer.step("differs", differs, x));
}

function emitApplyMask(node: Node<ApplyMaskOp>, emission: Emission): string {
  const x = emission.input(node, 0);
  const mask = emission.read(node, x.layout.slice(0, emission.input(node, 1).shape.length), 1);
  return emission.write(node, x.layout).finish({ multiplyBroadcastable: {} }, x.name, mask.name);
}

/** The mean over true steps: `sum(x * mask) / sum(mask)`. */
export function emitMaskedMean(node: Node<GlobalPoolOp>, emission: Emission): string {
  const { fn, keepDims, layout: order } = node.op;
  if (fn === "max") refuse(node, "a maximum over masked steps cannot be expressed.");
  const layout: Layout =
    order === "channels-first" ? [BATCH, CHANNEL, WIDTH] : [BATCH, WIDTH, CHANNEL];
  const x = emission.read(node, layout, 0).name;
  const mask = emission.read(node, [BATCH, WIDTH], 1).name;
  const writer = emission.write(node, keepDims ? layout : [BATCH, CHANNEL]);
  const sum = { reduce: { mode: "SUM", axis: "W" } } as const;
  const total = writer.step(
    "total",
    sum,
    writer.step("kept", { multiplyBroadcastable: {} }, x, mask),
  );
  return writer.finish({ divideBroadcastable: {} }, total, writer.step("steps", sum, mask));
}
