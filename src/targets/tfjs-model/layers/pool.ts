import type { Node } from "../../../ir/graph.ts";
import type { GlobalPoolOp, PoolOp, ReduceOp } from "../../../ir/ops/pool.ts";
import type { Emitters } from "../../target.ts";
import { inChannelsLast } from "./channels-last.ts";
import type { LayersEmission, TensorPlace } from "./emission.ts";
import { knownSize, refuse } from "./refuse.ts";
import { permuted, rescaled, reshaped } from "./steps.ts";

/** Pooling in windows and over everything. */
export const poolEmitters = {
  pool: emitPool,
  globalPool: emitGlobalPool,
  reduce: emitReduce,
} satisfies Partial<Emitters<LayersEmission>>;

function emitPool(node: Node<PoolOp>, emission: LayersEmission): void {
  const { fn, poolSize, strides, padding, layout } = node.op;
  if (padding !== "valid" && padding !== "same") {
    refuse(node, "explicit padding of a pooling layer does not exist in layers of TensorFlow.js.");
  }
  const rank = poolSize.length;
  const className = `${fn === "max" ? "Max" : "Average"}Pooling${rank}D`;
  if (rank === 3 && padding === "same" && strides.some((n, axis) => n > (poolSize[axis] ?? 1))) {
    refuse(node, "strides beyond the window of volumes are wrong in layers of TensorFlow.js.");
  }
  const config = { pool_size: [...poolSize], strides: [...strides], padding };
  const all = rank === 1 ? config : { ...config, data_format: "channels_last" };
  const input = emission.input(node);
  const y = inChannelsLast(node, emission, input, layout, undefined, (x, place, shapeOf) => {
    const shape = shapeOf(x.shape.at(-1) ?? null);
    return emission.one(node, { className, config: all, shape, ...place }, x);
  });
  emission.finish(node, y);
}

function emitGlobalPool(node: Node<GlobalPoolOp>, emission: LayersEmission): void {
  const { fn, layout, keepDims, masked } = node.op;
  if (masked) refuse(node, "a mean over the steps that a mask leaves does not exist there.");
  const kind = fn === "max" ? "GlobalMaxPooling" : "GlobalAveragePooling";
  const input = emission.input(node);
  const axis = layout === "channels-last" ? input.shape.length - 1 : 1;
  const channels = input.shape[axis] ?? null;
  const pooled = [input.shape[0] ?? null, channels];
  const place = keepDims ? { step: "pool" } : {};
  const last =
    layout === "channels-last" || input.shape.length === 4
      ? input
      : permuted(emission, { node, step: "to_last" }, input, [
          0,
          ...input.shape.map((_, i) => i).slice(2),
          1,
        ]);
  const y =
    last.shape.length === 4
      ? emission.one(
          node,
          {
            className: `${kind}2D`,
            config: { data_format: layout.replace("-", "_") },
            shape: pooled,
            ...place,
          },
          last,
        )
      : overSequence(node, emission, last, `${kind}1D`, place);
  emission.finish(node, keepDims ? reshaped(emission, { node }, y, emission.outputShape(node)) : y);
}

/** All places of `(batch, …places, channels)` in one row. */
function overSequence(
  node: Node,
  emission: LayersEmission,
  x: TensorPlace,
  className: string,
  place: { readonly step?: string },
): TensorPlace {
  const [batch = null, ...rest] = x.shape;
  const channels = rest.at(-1) ?? null;
  const places = rest
    .slice(0, -1)
    .reduce((size, dim) => (size === null || dim === null ? null : size * dim), 1);
  const row =
    rest.length === 2 ? x : reshaped(emission, { node, step: "row" }, x, [batch, places, channels]);
  return emission.one(node, { className, config: {}, shape: [batch, channels], ...place }, row);
}

function emitReduce(node: Node<ReduceOp>, emission: LayersEmission): void {
  const { fn, axes } = node.op;
  const x = emission.input(node);
  if (axes.includes(0)) refuse(node, "a reduction over the batch does not exist there.");
  if (fn === "prod" || fn === "l2norm") {
    refuse(node, `a reduction by ${fn} does not exist in layers of TensorFlow.js.`);
  }
  const kept = x.shape.map((_, axis) => axis).filter((axis) => axis > 0 && !axes.includes(axis));
  const places = [...axes].sort((a, b) => a - b);
  const turned = permuted(emission, { node, step: "turn" }, x, [0, ...places, ...kept]);
  const sizeOf = (list: readonly number[]) =>
    list.reduce((size, axis) => size * knownSize(node, x.shape[axis], "A size"), 1);
  const [count, width] = [sizeOf(places), sizeOf(kept)];
  const [batch = null] = x.shape;
  const rows = reshaped(emission, { node, step: "rows" }, turned, [batch, count, width]);
  const input = fn === "min" ? rescaled(emission, { node, step: "down" }, rows, -1) : rows;
  const average = fn === "mean" || fn === "sum";
  const className = average ? "GlobalAveragePooling1D" : "GlobalMaxPooling1D";
  const shape = [batch, width];
  const y = emission.one(node, { className, config: {}, shape, step: "pool" }, input);
  const factor = fn === "sum" ? count : fn === "min" ? -1 : 1;
  const scaled = factor === 1 ? y : rescaled(emission, { node, step: "scale" }, y, factor);
  emission.finish(node, reshaped(emission, { node }, scaled, emission.outputShape(node)));
}
