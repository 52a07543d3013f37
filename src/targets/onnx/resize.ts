import type { Node } from "../../ir/graph.ts";
import { spatialDims } from "../../ir/ops/expect.ts";
import type { ResizeOp } from "../../ir/ops/shape.ts";
import type { Dim } from "../../ir/tensor.ts";
import { refuse } from "../refuse.ts";
import { samplingMatrix } from "../sampling.ts";
import type { Emitters } from "../target.ts";
import { type Attributes, int, text } from "./attributes.ts";
import type { Emission } from "./emission.ts";
import { imageOrder } from "./layout.ts";
import type { Scribe } from "./scribe.ts";

/** Pictures of another size. */
export const resizeEmitters: Pick<Emitters<Emission>, "resize"> = { resize: emitResize };

/**
 * By the operator where it computes exactly what TensorFlow does; else by a matrix for each axis, which needs sizes that are known.
 */
function emitResize(node: Node<ResizeOp>, emission: Emission): void {
  const { op } = node;
  const w = emission.scribe(node);
  const shape = emission.inputShape(node);
  const order = imageOrder(op.layout, shape.length);
  const x = emission.read(node, 0, order);
  const from = spatialDims({ dtype: "float32", shape }, op.layout);
  const whole = op.factors !== undefined && op.interpolation === "nearest";
  const linear = op.interpolation === "bilinear" && from.length === 2;
  if (whole || linear) {
    emission.place(node, byOperator(w, op, x), { order });
    return;
  }
  const to = spatialDims({ dtype: "float32", shape: emission.outputShape(node) }, op.layout);
  const result = from.reduce<string>((picture, size, axis) => {
    const target = to[axis] ?? null;
    if (size === null || target === null) return freeSize(node, shape);
    return alongAxis(w, op, picture, { axis, rank: from.length, from: size, to: target });
  }, x);
  emission.place(node, result, { order });
}

/** Whole-number factors repeat elements, whichever way positions are counted. */
function byOperator(w: Scribe, op: ResizeOp, x: string): string {
  const nearest = op.interpolation === "nearest";
  const mode = nearest || op.coordinates === "asymmetric" ? "asymmetric" : "half_pixel";
  const attributes: Attributes = {
    mode: text(nearest ? "nearest" : "linear"),
    coordinate_transformation_mode: text(mode),
    ...(nearest ? { nearest_mode: text("floor") } : {}),
  };
  if (op.factors !== undefined) {
    const scales = w.floats("scales", [1, 1, ...op.factors], [op.factors.length + 2]);
    return w.add("Resize", [x, "", scales], attributes);
  }
  const lead = w.add("Slice", [w.add("Shape", [x]), w.ints([0]), w.ints([2])]);
  const sizes = w.add("Concat", [lead, w.ints(op.size ?? [])], { axis: int(0) });
  return w.add("Resize", [x, "", "", sizes], attributes);
}

interface Stretch {
  readonly axis: number;
  readonly rank: number;
  readonly from: number;
  readonly to: number;
}

/** Nearest picks elements; all else multiplies by the matrix of weights, with the axis brought to the end. */
function alongAxis(w: Scribe, op: ResizeOp, x: string, stretch: Stretch): string {
  const { axis, rank, from, to } = stretch;
  const matrix = samplingMatrix(op.interpolation, op.coordinates, from, to);
  if (op.interpolation === "nearest") {
    const picked = Array.from({ length: to }, (_, row) =>
      matrix.subarray(row * from, (row + 1) * from).indexOf(1),
    );
    return w.add("Gather", [x, w.indices(picked, [to])], { axis: int(axis + 2) });
  }
  // As the left factor where it is the last but one axis, which needs no transposition.
  if (axis === rank - 2) {
    return w.add("MatMul", [w.floats(`sampling_${axis}`, matrix, [to, from]), x]);
  }
  const equation = `${"abcde".slice(0, rank + 2)},z${"abcde".charAt(axis + 2)}`;
  if (axis === rank - 1) {
    return w.add("MatMul", [x, w.floats(`sampling_${axis}`, turned(matrix, to, from), [from, to])]);
  }
  const result = "abcde".slice(0, rank + 2).replace("abcde".charAt(axis + 2), "z");
  return w.add("Einsum", [x, w.floats(`sampling_${axis}`, matrix, [to, from])], {
    equation: text(`${equation}->${result}`),
  });
}

function turned(matrix: Float64Array, rows: number, columns: number): Float64Array {
  return Float64Array.from(
    { length: matrix.length },
    (_, place) => matrix[(place % rows) * columns + Math.floor(place / rows)] ?? 0,
  );
}

function freeSize(node: Node<ResizeOp>, shape: readonly Dim[]): never {
  const axis = shape.findIndex((dim, index) => index > 0 && dim === null);
  return refuse(
    node,
    `resizing by ${node.op.interpolation} needs a known size, but axis ${axis} of the input is free.`,
    "Fix the input's size with --input-shape.",
  );
}
