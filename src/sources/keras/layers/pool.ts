import type { LayerCall, LayerResult, LayerSpec } from "../layer-spec.ts";
import { expectRank, knownSize, layoutOf, onlyInput, spatialAxes } from "./axes.ts";
import { stopMask } from "./masks.ts";
import { poolPadding } from "./theano-padding.ts";

type PoolFn = "max" | "average";

/** Pooling with a sliding window, over everything, and to a given size. */
export const poolSpecs: readonly LayerSpec[] = [1, 2, 3].flatMap((rank) => [
  windowPool(rank, "max", `MaxPooling${rank}D`, `MaxPool${rank}D`),
  windowPool(rank, "average", `AveragePooling${rank}D`, `AvgPool${rank}D`),
  globalPool(rank, "max", `GlobalMaxPooling${rank}D`, `GlobalMaxPool${rank}D`),
  globalPool(rank, "average", `GlobalAveragePooling${rank}D`, `GlobalAvgPool${rank}D`),
  adaptivePool(rank, "max", `AdaptiveMaxPooling${rank}D`),
  adaptivePool(rank, "average", `AdaptiveAveragePooling${rank}D`),
]);

function windowPool(rank: number, fn: PoolFn, ...classNames: readonly string[]): LayerSpec {
  return { classNames, lower: (call) => lowerPool(call, rank, fn) };
}

function globalPool(rank: number, fn: PoolFn, ...classNames: readonly string[]): LayerSpec {
  return { classNames, lower: (call) => lowerGlobalPool(call, rank, fn) };
}

function adaptivePool(rank: number, fn: PoolFn, ...classNames: readonly string[]): LayerSpec {
  return { classNames, lower: (call) => lowerAdaptivePool(call, rank, fn) };
}

function lowerPool(call: LayerCall, rank: number, fn: PoolFn): LayerResult {
  const { config } = call;
  const input = onlyInput(call);
  expectRank(call, input, rank + 2);
  const twos = Array.from({ length: rank }, () => 2);
  const poolSize = config.ints("pool_size", rank, twos);
  const strides = config.ints("strides", rank, poolSize);
  const layout = layoutOf(config);
  const shape = call.shapeOf(input);
  const padding = poolPadding(
    config.oneOf("padding", ["valid", "same"] as const, "valid"),
    { sizes: poolSize, strides },
    spatialAxes(layout, rank + 2).map((axis) => shape[axis] ?? null),
    call.dialect,
  );
  if (padding === undefined) {
    return call.refuse(
      "Theano's same padding depends on the size of the input, which is not known.",
      "Give the full input shape with --input-shape.",
    );
  }
  const op = { kind: "pool", fn, poolSize, strides, padding, layout, weights: {} } as const;
  return stopMask(call.emit(op, input));
}

/** Only the mean over time heeds a mask. @see keras/layers/pooling.py (Keras 2.2.4) GlobalAveragePooling1D */
function lowerGlobalPool(call: LayerCall, rank: number, fn: PoolFn): LayerResult {
  const input = onlyInput(call);
  expectRank(call, input, rank + 2);
  const layout = layoutOf(call.config);
  const keepDims = call.config.bool("keepdims", false);
  const mask = rank === 1 && fn === "average" ? call.masks[0] : undefined;
  const op = { kind: "globalPool", fn, keepDims, layout, weights: {} } as const;
  if (mask === undefined) return stopMask(call.emit({ ...op, masked: false }, input));
  return stopMask(call.emit({ ...op, masked: true }, input, mask));
}

/** Exact as plain pooling where the output size divides the input size: all windows are alike then. */
function lowerAdaptivePool(call: LayerCall, rank: number, fn: PoolFn): LayerResult {
  const input = onlyInput(call);
  expectRank(call, input, rank + 2);
  const layout = layoutOf(call.config);
  const output = call.config.ints("output_size", rank);
  const poolSize = spatialAxes(layout, rank + 2).map((axis, index) => {
    const size = knownSize(call, input, axis);
    const parts = output[index] ?? 1;
    if (parts < 1 || size % parts !== 0) {
      call.refuse(`windows of unequal size cannot be expressed (${size} elements to ${parts}).`);
    }
    return size / parts;
  });
  const op = { kind: "pool", fn, poolSize, strides: poolSize, padding: "valid", layout } as const;
  return stopMask(call.emit({ ...op, weights: {} }, input));
}
