import { type LayerCall, on } from "../call.ts";
import { reshaped, sizeOf, transposed } from "../tensor.ts";

/** Axes -3 to -1 become one, read as C, H, W or as H, W, C. */
export const flatten = on("flatten", ({ mode }, call) => {
  const x = call.input(0, 3);
  const ordered = mode === "CHANNEL_LAST" ? transposed(x, channelsLast(x.shape.length)) : x;
  return reshaped(ordered, [...x.shape.slice(0, -3), sizeOf(x.shape.slice(-3)), 1, 1]);
});

/**
 * `[Seq, 1, C, H, W]` to `[C, H, W]` with the sequence kept, or to `[Seq, C, H, W]`. CHANNEL_LAST
 * reads H, W, C and fills H, W, C.
 *
 * @see NeuralNetwork.proto ReshapeLayerParams
 */
export const reshape = on("reshape", ({ targetShape = [], mode }, call) => {
  const x = call.input(0, 5);
  call.require(x.shape.length === 5, `needs a blob of rank 5, but gets [${x.shape}]`);
  const [sequence = 1, batch = 1] = x.shape;
  call.require(
    targetShape.length === 3 || (targetShape.length === 4 && batch === 1),
    `reshapes [${x.shape}] to [${targetShape}]`,
  );
  const target =
    targetShape.length === 3
      ? [sequence, batch, ...targetShape]
      : [targetShape[0] ?? 1, 1, ...targetShape.slice(1)];
  const last = mode === "CHANNEL_LAST";
  const source = last ? transposed(x, channelsLast(5)) : x;
  const [c = 1, h = 1, w = 1] = target.slice(2);
  const filled = last ? [...target.slice(0, 2), h, w, c] : target;
  const result = reshaped(source, inferred(call, x.shape, filled));
  return last ? transposed(result, [0, 1, 4, 2, 3]) : result;
});

/** Output axis i is input axis `axis[i]`, of `[Seq, C, H, W]`; the batch stays. */
export const permute = on("permute", ({ axis = [] }, call) => {
  const x = call.input(0, 5);
  call.require(x.shape.length === 5, `needs a blob of rank 5, but gets [${x.shape}]`);
  if (axis.length === 0) return x;
  call.require([...axis].sort().join() === "0,1,2,3", `permutes axes [${axis}]`);
  const [sequence = 0, ...rest] = axis.map((one) => (one === 0 ? 0 : one + 1));
  return transposed(x, [sequence, 1, ...rest]);
});

/** Any order of the axes. */
export const transpose = on("transpose", ({ axes = [] }, call) => {
  const x = call.input();
  const sorted = [...axes].sort((a, b) => a - b);
  call.require(
    axes.length === x.shape.length && sorted.every((axis, index) => axis === index),
    `orders the axes of [${x.shape}] as [${axes}]`,
  );
  return transposed(x, axes);
});

/** Adds axes of size 1. */
export const expandDims = on("expandDims", ({ axes = [] }, call) => {
  const x = call.input();
  const rank = x.shape.length + axes.length;
  const added = new Set(axes.map((axis) => call.axis(axis, rank)));
  const sizes = [...x.shape];
  const shape = Array.from({ length: rank }, (_, axis) =>
    added.has(axis) ? 1 : (sizes.shift() ?? 1),
  );
  return reshaped(x, shape);
});

/** Removes axes of size 1. */
export const squeeze = on("squeeze", ({ axes = [], squeezeAll }, call) => {
  const x = call.input();
  const removed = new Set(axes.map((axis) => call.axis(axis, x.shape.length)));
  const shape = x.shape.filter((size, axis) => {
    const goes = squeezeAll === true ? size === 1 : removed.has(axis);
    call.require(!goes || size === 1, `removes axis ${axis} of [${x.shape}]`);
    return !goes;
  });
  return reshaped(x, shape.length === 0 ? [1] : shape);
});

/** To a stated shape. */
export const reshapeStatic = on("reshapeStatic", ({ targetShape = [] }, call) => {
  const x = call.input();
  return reshaped(x, inferred(call, x.shape, targetShape));
});

/** Zeros keep the size of the input's axis. */
export const rankPreservingReshape = on("rankPreservingReshape", ({ targetShape = [] }, call) => {
  const x = call.input();
  call.require(
    targetShape.length === x.shape.length,
    `reshapes [${x.shape}] to [${targetShape}] with another rank`,
  );
  const kept = targetShape.map((size, axis) => (size === 0 ? (x.shape[axis] ?? 1) : size));
  return reshaped(x, inferred(call, x.shape, kept));
});

/** To the shape of the second input. */
export const reshapeLike = on("reshapeLike", (_, call) => {
  const x = call.input(0);
  return reshaped(x, inferred(call, x.shape, call.input(1).shape));
});

/** To the shape that the second input states. */
export const reshapeDynamic = on("reshapeDynamic", (_, call) => {
  const x = call.input(0);
  return reshaped(x, inferred(call, x.shape, [...call.input(1).data]));
});

/** Everything before `axis`, and everything from it on. */
export const flattenTo2D = on("flattenTo2D", ({ axis = 0 }, call) => {
  const x = call.input();
  // An axis equal to the rank leaves 1 behind it.
  const at = axis === x.shape.length ? axis : call.axis(axis, x.shape.length);
  return reshaped(x, [sizeOf(x.shape.slice(0, at)), sizeOf(x.shape.slice(at))]);
});

/** The shape of the input as numbers. */
export const getShape = on("getShape", (_, call) => {
  const { shape } = call.input();
  return { shape: [shape.length], data: Float32Array.from(shape) };
});

/** Target shape with its -1, if any, worked out. */
function inferred(call: LayerCall, from: readonly number[], target: readonly number[]): number[] {
  const known = sizeOf(target.filter((size) => size !== -1));
  const result = target.map((size) => (size === -1 ? sizeOf(from) / known : size));
  call.require(sizeOf(result) === sizeOf(from), `reshapes [${from}] to [${target}]`);
  return result;
}

/** C, H, W at the end become H, W, C. */
function channelsLast(rank: number): readonly number[] {
  const lead = Array.from({ length: rank - 3 }, (_, axis) => axis);
  return [...lead, rank - 2, rank - 1, rank - 3];
}
