import type { Node } from "../../ir/graph.ts";
import type {
  AffineOp,
  BatchNormOp,
  GroupNormOp,
  LayerNormOp,
  UnitNormOp,
} from "../../ir/ops/norm.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import { filledWeight } from "../../weights/constant.ts";
import { mapWeight } from "../../weights/map.ts";
import { reshapeWeight } from "../../weights/reshape.ts";
import type { Emitters } from "../target.ts";
import { float, ints } from "./attributes.ts";
import { broadcastWeight, vectorAlong } from "./broadcast-weight.ts";
import type { Emission } from "./emission.ts";
import { type AxisOrder, positionOf } from "./layout.ts";
import type { Scribe } from "./scribe.ts";
import { unitLength } from "./unit-length.ts";

/** Normalisations; their own weights stay float32. */
export const normEmitters: Pick<
  Emitters<Emission>,
  "batchNorm" | "layerNorm" | "groupNorm" | "unitNorm" | "affine"
> = {
  batchNorm: emitBatchNorm,
  layerNorm: emitLayerNorm,
  groupNorm: emitGroupNorm,
  unitNorm: emitUnitNorm,
  affine: emitAffine,
};

/** The operator normalises the second axis; elsewhere one factor and one offset do. */
function emitBatchNorm(node: Node<BatchNormOp>, emission: Emission): void {
  const { op } = node;
  const w = emission.scribe(node);
  const { name: x, order } = emission.float(node);
  const { mean, variance } = op.weights;
  // Equal ids are written once, so that each length needs one of its own.
  const [size] = mean.shape;
  const gamma = op.weights.gamma ?? filledWeight(`ones(${size})`, mean.shape, 1);
  const beta = op.weights.beta ?? filledWeight(`zeros(${size})`, mean.shape, 0);
  if (positionOf(order, op.axis) === 1) {
    const inputs = [
      x,
      w.exact("gamma", gamma),
      w.exact("beta", beta),
      w.exact("moving_mean", mean),
      w.exact("moving_variance", variance),
    ];
    const result = w.add("BatchNormalization", inputs, { epsilon: float(op.epsilon) });
    emission.place(node, result, { order });
    return;
  }
  const factor = mapWeight(`factor(${op.epsilon})`, [gamma, variance], mean.shape, (g, v) =>
    g.map((value, c) => value / Math.sqrt((v[c] ?? 0) + op.epsilon)),
  );
  const offset = mapWeight("offset", [beta, mean, factor], mean.shape, (b, m, f) =>
    b.map((value, c) => value - (m[c] ?? 0) * (f[c] ?? 0)),
  );
  const along = (ref: WeightRef): WeightRef => vectorAlong(ref, op.axis, order.length);
  const result = scaleAndShift(w, x, order, { scale: along(factor), offset: along(offset) });
  emission.place(node, result, { order });
}

function emitLayerNorm(node: Node<LayerNormOp>, emission: Emission): void {
  const { op } = node;
  const w = emission.scribe(node);
  const { name, order } = emission.float(node);
  const axes = op.axes.map((axis) => positionOf(order, axis)).sort((a, b) => a - b);
  const normal = normalised(w, name, axes, op);
  const shape = emission.inputShape(node);
  const wide = (ref: WeightRef | undefined): WeightRef | undefined =>
    ref &&
    reshapeWeight(
      ref,
      shape.map((dim, axis) => (op.axes.includes(axis) ? (dim ?? 1) : 1)),
    );
  const { gamma, beta } = op.weights;
  const result = scaleAndShift(w, normal, order, { scale: wide(gamma), offset: wide(beta) });
  emission.place(node, result, { order });
}

/** Runtimes know this sequence of nodes and run it as one. */
function normalised(
  w: Scribe,
  x: string,
  axes: readonly number[],
  options: { readonly epsilon: number; readonly rms?: boolean },
): string {
  const mean = (values: string): string => w.add("ReduceMean", [values], { axes: ints(axes) });
  const centred = options.rms === true ? x : w.add("Sub", [x, mean(x)]);
  const variance = mean(w.add("Pow", [centred, w.scalar(2)]));
  const deviation = w.add("Sqrt", [w.add("Add", [variance, w.scalar(options.epsilon)])]);
  return w.add("Div", [centred, deviation]);
}

/** Channels second, cut into groups; all that belongs to one group lies on one axis. */
function emitGroupNorm(node: Node<GroupNormOp>, emission: Emission): void {
  const { op } = node;
  const w = emission.scribe(node);
  const rank = emission.inputShape(node).length;
  const others = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== op.axis);
  const order = [0, op.axis, ...others.slice(1)];
  const x = emission.read(node, 0, order);
  const groups = w.add("Reshape", [x, w.ints([0, op.groups, -1])]);
  const normal = normalised(w, groups, [2], op);
  const back = w.add("Reshape", [normal, w.add("Shape", [x])]);
  const along = (ref: WeightRef | undefined): WeightRef | undefined =>
    ref && vectorAlong(ref, op.axis, rank);
  const { gamma, beta } = op.weights;
  const result = scaleAndShift(w, back, order, { scale: along(gamma), offset: along(beta) });
  emission.place(node, result, { order });
}

function emitUnitNorm(node: Node<UnitNormOp>, emission: Emission): void {
  const { name, order } = emission.float(node);
  const axes = node.op.axes.map((axis) => positionOf(order, axis));
  emission.place(node, unitLength(emission.scribe(node), name, axes), { order });
}

function emitAffine(node: Node<AffineOp>, emission: Emission): void {
  const { name, order } = emission.float(node);
  const result = scaleAndShift(emission.scribe(node), name, order, node.op.weights);
  emission.place(node, result, { order });
}

/** Constants that broadcast to the value in Keras' order of axes. */
function scaleAndShift(
  w: Scribe,
  x: string,
  order: AxisOrder,
  {
    scale,
    offset,
  }: { readonly scale?: WeightRef | undefined; readonly offset?: WeightRef | undefined },
): string {
  const scaled =
    scale === undefined ? x : w.add("Mul", [x, w.exact("scale", broadcastWeight(scale, order))]);
  if (offset === undefined) return scaled;
  return w.add("Add", [scaled, w.exact("offset", broadcastWeight(offset, order))]);
}
