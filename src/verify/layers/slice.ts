import type { SliceLayerParamsSliceAxis } from "../../formats/coreml/types.gen.ts";
import { type LayerCall, on } from "../call.ts";
import { clamp, take } from "../taking.ts";
import { reshaped, stridesOf } from "../tensor.ts";
import { borderAmounts } from "./borders.ts";

/** One of the axes C, H and W; a negative end counts from behind, and the end is not included. */
export const slice = on("slice", (params, call) => {
  const { startIndex = 0, endIndex = 0, stride = 0, axis = "CHANNEL_AXIS" } = params;
  const fromEnd = SLICE_AXES[axis];
  const x = call.input(0, fromEnd);
  const at = x.shape.length - fromEnd;
  const size = x.shape[at] ?? 1;
  const begin = startIndex < 0 ? startIndex + size : startIndex;
  const end = endIndex < 0 ? endIndex + size : endIndex;
  call.require(
    stride > 0 && begin >= 0 && begin < end && end <= size,
    `takes ${startIndex} to ${endIndex} in steps of ${stride} from [${x.shape}]`,
  );
  return take(x, at, begin, stride, Math.ceil((end - begin) / stride));
});

const SLICE_AXES: Readonly<Record<SliceLayerParamsSliceAxis, number>> = {
  CHANNEL_AXIS: 3,
  HEIGHT_AXIS: 2,
  WIDTH_AXIS: 1,
};

/**
 * Every axis as in Python: masks stand for a missing begin or end, squeezed axes keep one element
 * and go.
 *
 * @see NeuralNetwork.proto SliceStaticLayerParams
 */
export const sliceStatic = on("sliceStatic", (params, call) => {
  const { beginMasks = [], endMasks = [], squeezeMasks = [] } = params;
  const begins = params.beginIds ?? [];
  let result = call.input();
  const { shape } = result;
  call.require(
    begins.length === shape.length,
    `slices ${begins.length} axes, but its input is [${shape}]`,
  );
  shape.forEach((size, axis) => {
    const begin = begins[axis] ?? 0;
    if (squeezeMasks[axis] === true) {
      result = take(result, axis, call.axis(begin, size), 1, 1);
      return;
    }
    const step = params.strides?.[axis] ?? 1;
    call.require(step !== 0, "slices in steps of 0");
    const edges = step > 0 ? [0, size] : [size - 1, -1];
    const from = beginMasks[axis] === true ? edges[0] : clamp(begin, size, step);
    const to = endMasks[axis] === true ? edges[1] : clamp(params.endIds?.[axis] ?? 0, size, step);
    const count = Math.ceil(((to ?? 0) - (from ?? 0)) / step);
    call.require(count > 0, `slices nothing from axis ${axis} of [${shape}]`);
    result = take(result, axis, from ?? 0, step, count);
  });
  const kept = result.shape.filter((_, axis) => squeezeMasks[axis] !== true);
  return reshaped(result, kept.length === 0 ? [1] : kept);
});

/** Cuts height and width, by stated amounts or to the size of a second input. */
export const crop = on("crop", ({ cropAmounts, offset = [] }, call) => {
  const x = call.input(0, 3);
  const rank = x.shape.length;
  const { before, after } = borderAmounts(cropAmounts);
  const reference = call.inputCount > 1 ? call.input(1, 3).shape : undefined;
  let result = x;
  for (const side of [0, 1]) {
    const axis = rank - 2 + side;
    const size = x.shape[axis] ?? 1;
    const start = reference === undefined ? (before[side] ?? 0) : (offset[side] ?? 0);
    const count = reference?.at(side - 2) ?? size - start - (after[side] ?? 0);
    call.require(count > 0 && start + count <= size, `cuts too much from [${x.shape}]`);
    result = take(result, axis, start, 1, count);
  }
  return result;
});

/** Turns the chosen axes round. */
export const reverse = on("reverse", ({ reverseDim = [] }, call) => {
  const x = call.input();
  return reverseDim.reduce((result, flip, axis) => {
    const size = x.shape[axis] ?? 1;
    return flip ? take(result, axis, size - 1, -1, size) : result;
  }, x);
});

/** As numpy.take: `indices` replace the axis. */
export const gatherLayer = on("gather", ({ axis = 0 }, call: LayerCall) => {
  const x = call.input(0, 1);
  const indices = call.input(1);
  const at = call.axis(axis, x.shape.length);
  const size = x.shape[at] ?? 1;
  const inner = stridesOf(x.shape)[at] ?? 1;
  const outer = x.data.length / (size * inner);
  const places = Array.from(indices.data, (index) => call.axis(index, size));
  const data = new Float32Array(outer * places.length * inner);
  for (let item = 0; item < outer; item++) {
    places.forEach((place, index) => {
      const from = (item * size + place) * inner;
      data.set(x.data.subarray(from, from + inner), (item * places.length + index) * inner);
    });
  }
  return { shape: [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)], data };
});
