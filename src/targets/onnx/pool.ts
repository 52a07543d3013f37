import type { Node } from "../../ir/graph.ts";
import { spatialDims } from "../../ir/ops/expect.ts";
import type { GlobalPoolOp, PoolOp, ReduceOp } from "../../ir/ops/pool.ts";
import type { Emitters } from "../target.ts";
import { type Attributes, int, ints } from "./attributes.ts";
import { ELEMENT } from "./element.ts";
import type { Emission } from "./emission.ts";
import { imageOrder, naturalOrder, orderWithout, positionOf } from "./layout.ts";
import type { Scribe } from "./scribe.ts";
import { windowAttributes } from "./window.ts";

/** Many numbers to one. */
export const poolEmitters: Pick<Emitters<Emission>, "pool" | "globalPool" | "reduce"> = {
  pool: emitPool,
  globalPool: emitGlobalPool,
  reduce: emitReduce,
};

/** Padded places never count: `count_include_pad` stays 0. */
function emitPool(node: Node<PoolOp>, emission: Emission): void {
  const { op } = node;
  const w = emission.scribe(node);
  const shape = emission.inputShape(node);
  const order = imageOrder(op.layout, shape.length);
  const window = { ...op, size: op.poolSize, dilations: op.poolSize.map(() => 1) };
  const spatial = spatialDims({ dtype: "float32", shape }, op.layout);
  const operator = op.fn === "max" ? "MaxPool" : "AveragePool";
  const x = emission.read(node, 0, order);
  emission.place(node, w.add(operator, [x], windowAttributes(window, spatial)), { order });
}

function emitGlobalPool(node: Node<GlobalPoolOp>, emission: Emission): void {
  const { op } = node;
  const w = emission.scribe(node);
  const rank = emission.inputShape(node).length;
  const order = imageOrder(op.layout, rank);
  const x = emission.read(node, 0, order);
  const spatial = naturalOrder(rank).slice(2);
  const pooled = op.masked ? maskedPool(w, node, emission, x, spatial) : globalPool(w, op, x);
  if (op.keepDims) {
    emission.place(node, pooled, { order });
    return;
  }
  emission.place(node, w.add("Squeeze", [pooled, w.ints(spatial)]));
}

function globalPool(w: Scribe, { fn }: GlobalPoolOp, x: string): string {
  return w.add(fn === "max" ? "GlobalMaxPool" : "GlobalAveragePool", [x]);
}

/** Over the true steps alone; the mask `(batch, time)` is spread over the channels. */
function maskedPool(
  w: Scribe,
  node: Node<GlobalPoolOp>,
  emission: Emission,
  x: string,
  spatial: readonly number[],
): string {
  const mask = emission.cast(emission.input(node, 1), ELEMENT.bool).name;
  const steps = w.add("Unsqueeze", [mask, w.ints([1])]);
  const keep = (missing: number): string => w.add("Where", [steps, x, w.scalar(missing)]);
  if (node.op.fn === "max") {
    return w.add("ReduceMax", [keep(Number.NEGATIVE_INFINITY)], { axes: ints(spatial) });
  }
  const ones = w.add("Cast", [steps], { to: int(ELEMENT.float) });
  const sum = (values: string): string => w.add("ReduceSum", [values, w.ints(spatial)]);
  return w.add("Div", [sum(keep(0)), sum(ones)]);
}

function emitReduce(node: Node<ReduceOp>, emission: Emission): void {
  const { op } = node;
  const { name, order } = emission.float(node);
  const w = emission.scribe(node);
  if (op.axes.length === 0) {
    emission.place(node, name, { order });
    return;
  }
  const axes = op.axes.map((axis) => positionOf(order, axis)).sort((a, b) => a - b);
  const keepdims: Attributes = op.keepDims ? {} : { keepdims: int(0) };
  // Of all reductions only that of sums takes its axes as an input in this version of ONNX.
  const result =
    op.fn === "sum"
      ? w.add("ReduceSum", [name, w.ints(axes)], keepdims)
      : w.add(REDUCTIONS[op.fn], [name], { axes: ints(axes), ...keepdims });
  emission.place(node, result, { order: op.keepDims ? order : orderWithout(order, op.axes) });
}

const REDUCTIONS: Readonly<Record<Exclude<ReduceOp["fn"], "sum">, string>> = {
  mean: "ReduceMean",
  max: "ReduceMax",
  min: "ReduceMin",
  prod: "ReduceProd",
  l2norm: "ReduceL2",
};
