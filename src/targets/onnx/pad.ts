import type { Node } from "../../ir/graph.ts";
import type { CropOp, PadOp, SliceOp } from "../../ir/ops/pad.ts";
import type { Emitters } from "../target.ts";
import { int, text } from "./attributes.ts";
import type { Emission } from "./emission.ts";
import { arrange } from "./layout.ts";
import { isRareElement } from "./rare-element.ts";
import type { Scribe } from "./scribe.ts";

/** More or less at the borders. */
export const padEmitters: Pick<Emitters<Emission>, "pad" | "crop" | "slice"> = {
  pad: emitPad,
  crop: emitCrop,
  slice: emitSlice,
};

/** An end beyond every axis. */
export const TO_THE_END = 2 ** 31 - 1;

function emitPad(node: Node<PadOp>, emission: Emission): void {
  const { op } = node;
  const w = emission.scribe(node);
  const given = emission.input(node);
  const x = isRareElement(given.element) ? emission.float(node) : given;
  const amounts = arrange(op.amounts, x.order);
  const place = { order: x.order, element: x.element };
  if (op.mode === "symmetric") {
    emission.place(node, mirror(w, x.name, amounts), place);
    return;
  }
  const sides = w.ints([
    ...amounts.map(([before]) => before),
    ...amounts.map(([, after]) => after),
  ]);
  const value = op.mode === "constant" ? [w.scalar(op.value, x.element)] : [];
  const result = w.add("Pad", [x.name, sides, ...value], { mode: text(op.mode) });
  emission.place(node, result, place);
}

/** Mirrors that repeat the border, which `Pad` lacks: reversed slices around the input, axis by axis. */
function mirror(w: Scribe, input: string, amounts: readonly (readonly [number, number])[]): string {
  return amounts.reduce((x, [before, after], axis) => {
    const turned = (start: number, end: number): string =>
      w.add("Slice", [x, w.ints([start]), w.ints([end]), w.ints([axis]), w.ints([-1])]);
    const parts = [
      ...(before === 0 ? [] : [turned(before - 1, -TO_THE_END)]),
      x,
      ...(after === 0 ? [] : [turned(-1, -after - 1)]),
    ];
    return parts.length === 1 ? x : w.add("Concat", parts, { axis: int(axis) });
  }, input);
}

function emitCrop(node: Node<CropOp>, emission: Emission): void {
  const { op } = node;
  emitPart(
    node,
    emission,
    op.amounts.map(([before, after]) => ({
      start: before,
      end: after === 0 ? TO_THE_END : -after,
      step: 1,
    })),
  );
}

function emitSlice(node: Node<SliceOp>, emission: Emission): void {
  const { op } = node;
  emitPart(
    node,
    emission,
    op.starts.map((start, axis) => ({
      start,
      end: op.ends[axis] ?? TO_THE_END,
      step: op.steps[axis] ?? 1,
    })),
  );
}

interface Part {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

function emitPart(node: Node, emission: Emission, parts: readonly Part[]): void {
  const w = emission.scribe(node);
  const x = emission.input(node);
  const cut = arrange(parts, x.order)
    .map((part, axis) => ({ ...part, axis }))
    .filter(({ start, end, step }) => start !== 0 || end !== TO_THE_END || step !== 1);
  const column = (key: "start" | "end" | "axis" | "step"): string =>
    w.ints(cut.map((part) => part[key]));
  const result =
    cut.length === 0
      ? x.name
      : w.add("Slice", [x.name, column("start"), column("end"), column("axis"), column("step")]);
  emission.place(node, result, { order: x.order, element: x.element });
}
