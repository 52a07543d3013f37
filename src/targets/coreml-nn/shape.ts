import type { Node } from "../../ir/graph.ts";
import type { SliceOp } from "../../ir/ops/pad.ts";
import type { ConstantOp, PermuteOp, RepeatOp } from "../../ir/ops/shape.ts";
import { reshapeWeight } from "../../weights/reshape.ts";
import { refuse } from "../refuse.ts";
import type { Emitters } from "../target.ts";
import type { Emission } from "./emission.ts";
import { BATCH, type Blob, CHANNEL, HEIGHT, SEQ, WIDTH, withAxisAt } from "./layout.ts";
import { emitReshape } from "./reshape.ts";
import type { LayerBody } from "./spec-version.ts";

/** Layers that move elements and compute nothing. */
export const shapeEmitters: Pick<
  Emitters<Emission>,
  "reshape" | "permute" | "repeat" | "slice" | "constant"
> = {
  reshape: emitReshape,
  permute: emitPermute,
  repeat: emitRepeat,
  slice: emitSlice,
  constant: emitConstant,
};

/** No layer: only the names of the axes change. Where a reader wants another layout, it is moved then. */
function emitPermute(node: Node<PermuteOp>, emission: Emission): string {
  const { name, layout } = emission.input(node);
  return emission.place(
    node.outputs[0] ?? "",
    name,
    node.op.dims.map((dim) => layout[dim] ?? 0),
  );
}

function emitRepeat(node: Node<RepeatOp>, emission: Emission): string {
  const x = emission.read(node, [BATCH, CHANNEL]).name;
  const body = { sequenceRepeat: { nRepetitions: node.op.n } };
  return emission.write(node, [BATCH, SEQ, CHANNEL]).finish(body, x);
}

const SLICE_AXIS = new Map([
  [CHANNEL, "CHANNEL_AXIS"],
  [HEIGHT, "HEIGHT_AXIS"],
  [WIDTH, "WIDTH_AXIS"],
] as const);

/** One layer for each axis that is cut; a sequence axis is brought to the width first. */
function emitSlice(node: Node<SliceOp>, emission: Emission): string {
  const input = emission.input(node);
  const cut = input.shape.map((_, axis) => axis).filter((axis) => isCut(node.op, input, axis));
  if (cut.includes(0)) refuse(node, "a part of the batch cannot be taken.");
  if (cut.length === 0) return emission.place(node.outputs[0] ?? "", input.name, input.layout);
  const layout = cut.reduce((moved, axis) => {
    const place = moved[axis] ?? SEQ;
    if (place >= CHANNEL && moved[0] === BATCH) return moved;
    const taken = cut.map((other) => moved[other]);
    return withAxisAt(
      moved,
      axis,
      [WIDTH, HEIGHT, CHANNEL].find((free) => !taken.includes(free)) ?? WIDTH,
    );
  }, input.layout);
  if (cut.length > 3) refuse(node, "a slice along more than three axes cannot be expressed.");
  const x = emission.read(node, layout);
  const writer = emission.write(node, layout);
  const last = cut.pop() ?? 0;
  const before = cut.reduce(
    (name, axis) => writer.step(`axis_${axis}`, sliceBody(node, x, axis), name),
    x.name,
  );
  return writer.finish(sliceBody(node, x, last), before);
}

function isCut({ starts, ends, steps }: SliceOp, input: Blob, axis: number): boolean {
  const end = ends[axis] ?? null;
  const dim = input.shape[axis] ?? null;
  const short = end !== null && (dim === null || end < dim);
  return starts[axis] !== 0 || steps[axis] !== 1 || short;
}

/** The end is written as the size itself: -1 would leave the last element out. */
function sliceBody(node: Node<SliceOp>, input: Blob, axis: number): LayerBody {
  const dim = input.shape[axis] ?? null;
  const end = node.op.ends[axis] ?? dim;
  if (end === null) {
    refuse(
      node,
      `the end of axis ${axis} must be known, but its size is free.`,
      "Fix the input's size with --input-shape.",
    );
  }
  const endIndex = dim === null ? end : Math.min(end, dim);
  const place = input.layout[axis] ?? WIDTH;
  return {
    slice: {
      startIndex: node.op.starts[axis] ?? 0,
      endIndex,
      stride: node.op.steps[axis] ?? 1,
      axis: SLICE_AXIS.get(place === CHANNEL || place === HEIGHT ? place : WIDTH),
    },
  };
}

/** The classic constant is a block of channel, height and width: the value's axes in order, the last one rightmost but for vectors. */
function emitConstant(node: Node<ConstantOp>, emission: Emission): string {
  const { value } = node.op.weights;
  const rank = value.shape.length;
  if (rank > 4)
    refuse(node, `a constant of ${rank} axes cannot be expressed: at most four with the batch.`);
  const layout = [BATCH, CHANNEL, HEIGHT, WIDTH].slice(0, rank);
  const dims = value.shape.slice(1);
  const shape = [...dims, 1, 1, 1].slice(0, 3);
  const data = emission.weights(node, reshapeWeight(value, shape));
  return emission.write(node, layout).finish({ loadConstant: { shape, data } });
}
