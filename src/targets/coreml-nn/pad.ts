import type { Node } from "../../ir/graph.ts";
import type { CropOp, PadOp } from "../../ir/ops/pad.ts";
import { refuse } from "../refuse.ts";
import type { Emitters } from "../target.ts";
import { type Amounts, borders } from "./border.ts";
import type { Emission } from "./emission.ts";
import { type Blob, HEIGHT, type Layout, WIDTH, withAxesAt } from "./layout.ts";
import type { LayerBody } from "./spec-version.ts";

/** Padding and cropping: on height and width, so that axes are brought there two at a time. */
export const padEmitters: Pick<Emitters<Emission>, "pad" | "crop"> = {
  pad: emitPad,
  crop: emitCrop,
};

function emitPad(node: Node<PadOp>, emission: Emission): string {
  const { mode, value } = node.op;
  if (mode === "symmetric") {
    refuse(
      node,
      "symmetric padding, which repeats the border element, has no layer in Core ML networks.",
    );
  }
  const fill = {
    constant: { constant: { value } },
    reflect: { reflection: {} },
    edge: { replication: {} },
  }[mode];
  return emitPlanes(node, emission, (height, width) => ({
    padding: { ...fill, paddingAmounts: borders(height, width) },
  }));
}

function emitCrop(node: Node<CropOp>, emission: Emission): string {
  return emitPlanes(node, emission, (height, width) => ({
    crop: { cropAmounts: borders(height, width), offset: [0, 0] },
  }));
}

type PlaneBody = (height: Amounts, width: Amounts) => LayerBody;

function emitPlanes(node: Node<PadOp | CropOp>, emission: Emission, body: PlaneBody): string {
  const { amounts } = node.op;
  const input = emission.input(node);
  const axes = amounts.flatMap(([before, after], axis) =>
    before === 0 && after === 0 ? [] : [axis],
  );
  if (axes.includes(0)) refuse(node, "the batch cannot be padded or cropped.");
  if (axes.length === 0) return emission.place(node.outputs[0] ?? "", input.name, input.layout);
  const on = (layout: Layout, place: number, among: readonly number[]): Amounts => {
    const axis = layout.indexOf(place);
    return (among.includes(axis) ? amounts[axis] : undefined) ?? [0, 0];
  };
  const first = planeLayout(input.layout, axes.slice(-2));
  const x = emission.read(node, first);
  const bodyAt = (layout: Layout, among: readonly number[]): LayerBody =>
    body(on(layout, HEIGHT, among), on(layout, WIDTH, among));
  const rest = axes.slice(0, -2);
  const last = rest.length === 0 ? first : planeLayout(first, rest);
  const writer = emission.write(node, last);
  if (rest.length === 0) return writer.finish(bodyAt(first, axes), x.name);
  const half = writer.step("inner", bodyAt(first, axes.slice(-2)), x.name);
  // its sizes play no part in the move
  const inner: Blob = { ...x, name: half };
  const moved = emission.move(inner, last, `${writer.name}__turn__`);
  return writer.finish(bodyAt(last, rest), moved.name);
}

/** One axis on the width, two on height and width; left where they are if they stand there already. */
function planeLayout(layout: Layout, axes: readonly number[]): Layout {
  const stand = axes.every((axis) => layout[axis] === HEIGHT || layout[axis] === WIDTH);
  return stand ? layout : withAxesAt(layout, axes, [HEIGHT, WIDTH].slice(-axes.length));
}
