import type { Node } from "../../ir/graph.ts";
import type { GlobalPoolOp, PoolOp, ReduceOp } from "../../ir/ops/pool.ts";
import { refuse } from "../refuse.ts";
import type { Emitters } from "../target.ts";
import { paddingField, VALID } from "./border.ts";
import { pooling3d } from "./conv-volume.ts";
import type { Emission } from "./emission.ts";
import { BATCH, CHANNEL, HEIGHT, type Layout, naturalLayout, SEQ, WIDTH } from "./layout.ts";
import { emitMaskedMean } from "./mask.ts";
import { reduceSteps } from "./reduce.ts";
import { coreWindow, isVolumeWindow } from "./window.ts";

/** Pooling, and reductions over any axes. */
export const poolEmitters: Pick<Emitters<Emission>, "pool" | "globalPool" | "reduce"> = {
  pool: emitPool,
  globalPool: emitGlobalPool,
  reduce: emitReduce,
};

const TYPE = { max: "MAX", average: "AVERAGE" } as const;

/** Keras never counts padding in a mean, so `avgPoolExcludePadding` is always set. */
function emitPool(node: Node<PoolOp>, emission: Emission): string {
  const { fn, poolSize } = node.op;
  const dilations = poolSize.map(() => 1);
  const window = coreWindow({ ...node.op, size: poolSize, dilations });
  const x = emission.read(node, window.layout).name;
  const writer = emission.write(node, window.layout);
  if (isVolumeWindow(window)) {
    const params = { type: TYPE[fn], ...pooling3d(window), countExcludePadding: true };
    return writer.finish({ pooling3d: params }, x);
  }
  if (window.padding === "causal") refuse(node, "causal pooling does not exist.");
  const pooling = {
    type: TYPE[fn],
    kernelSize: window.size,
    stride: window.strides,
    ...paddingField(window.padding),
    avgPoolExcludePadding: true,
  };
  return writer.finish({ pooling }, x);
}

/** All spatial axes at once, of any size; what Keras drops stays as axes of 1. */
function emitGlobalPool(node: Node<GlobalPoolOp>, emission: Emission): string {
  if (node.op.masked) return emitMaskedMean(node, emission);
  const rank = emission.input(node).shape.length;
  const first = node.op.layout === "channels-first";
  const channel = rank === 5 ? 1 : CHANNEL;
  const batch = rank === 5 ? 0 : BATCH;
  const spatial = rank === 5 ? [2, 3, 4] : [HEIGHT, WIDTH].slice(-(rank - 2));
  const layout = first ? [batch, channel, ...spatial] : [batch, ...spatial, channel];
  const x = emission.read(node, layout).name;
  const writer = emission.write(node, node.op.keepDims ? layout : [batch, channel]);
  if (rank === 5) {
    return writer.finish({ globalPooling3d: { type: TYPE[node.op.fn] } }, x);
  }
  const window = { kernelSize: [0, 0], stride: [0, 0], ...VALID, avgPoolExcludePadding: true };
  return writer.finish({ pooling: { type: TYPE[node.op.fn], ...window, globalPooling: true } }, x);
}

const MODE = {
  sum: "SUM",
  mean: "AVG",
  max: "MAX",
  min: "MIN",
  prod: "PROD",
  l2norm: "L2",
} as const;

/** The reduced axes are brought to channel, height and width; the layer leaves ones there. */
function emitReduce(node: Node<ReduceOp>, emission: Emission): string {
  const { axes, fn, keepDims } = node.op;
  if (axes.includes(0)) refuse(node, "a reduction over the batch cannot be expressed.");
  const input = emission.input(node);
  if (axes.length === 0) {
    return emission.place(node.outputs[0] ?? "", input.name, input.layout);
  }
  if (axes.length > 3) return emitReduceFour(node, emission);
  const { layout, axis } = reduceSteps(input.layout, axes);
  const x = emission.read(node, layout).name;
  const kept = layout.filter((_, index) => keepDims || !axes.includes(index));
  const writer = emission.write(node, kept);
  return writer.finish({ reduce: { mode: MODE[fn], axis } }, x);
}

/** Channel, height and width first, then the sequence, brought to the channel axis. */
function emitReduceFour(node: Node<ReduceOp>, emission: Emission): string {
  const { fn, keepDims } = node.op;
  const layout: Layout = naturalLayout(5, "channels-last");
  const x = emission.read(node, layout);
  const kept = keepDims ? layout : [BATCH];
  const writer = emission.write(node, kept);
  const mode = MODE[fn];
  const first = writer.step("inner", { reduce: { mode, axis: "CHW" } }, x.name);
  const shape = x.shape.map((dim, index) => (layout[index] === SEQ ? dim : 1));
  const turned = layout.map((place) => (place === SEQ ? CHANNEL : place === CHANNEL ? SEQ : place));
  const inner = { name: first, layout, shape };
  const moved = emission.move(inner, turned, `${writer.name}__turn__`);
  return writer.finish({ reduce: { mode, axis: "C" } }, moved.name);
}
