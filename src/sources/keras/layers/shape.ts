import type { ValueId } from "../../../ir/graph.ts";
import type { Dim } from "../../../ir/tensor.ts";
import type { LayerCall, LayerResult, LayerSpec } from "../layer-spec.ts";
import { channelAxis, expectRank, layoutOf, onlyInput } from "./axes.ts";
import { stopMask } from "./masks.ts";

/** Layers that only arrange elements anew. */
export const shapeSpecs: readonly LayerSpec[] = [
  { classNames: ["Flatten"], lower: lowerFlatten },
  { classNames: ["Permute"], lower: lowerPermute },
  { classNames: ["RepeatVector"], lower: lowerRepeatVector },
];

/** A reshape to `shape` (without batch). */
export function emitReshape(call: LayerCall, value: ValueId, shape: readonly Dim[]): ValueId {
  return call.emit({ kind: "reshape", shape, weights: {} }, value);
}

/** A permutation of all axes, the batch included. */
export function emitPermute(call: LayerCall, value: ValueId, dims: readonly number[]): ValueId {
  return call.emit({ kind: "permute", dims, weights: {} }, value);
}

/**
 * Row-major reshape to a target (without batch) where -1 stands for what remains. A layer and, in Keras 3, an
 * operation are called so.
 */
export function lowerReshape(call: LayerCall, target: readonly number[]): LayerResult {
  const input = onlyInput(call);
  const free = target.filter((dim) => dim < 0).length;
  if (free > 1) call.refuse("its target shape has more than one -1.");
  const known = product(call.shapeOf(input).slice(1));
  const rest = product(target.filter((dim) => dim >= 0));
  const shape = target.map((dim) => {
    if (dim >= 0) return dim;
    return known === null || rest === null || rest === 0 ? null : known / rest;
  });
  if (shape.some((dim) => dim !== null && !Number.isInteger(dim))) {
    call.refuse(`${known} elements do not divide into (${target.join(", ")}).`);
  }
  return stopMask(emitReshape(call, input, shape));
}

/** Number of elements, or null when a dimension is unknown. */
export function product(shape: readonly Dim[]): number | null {
  return shape.reduce<number | null>(
    (size, dim) => (size === null || dim === null ? null : size * dim),
    1,
  );
}

/**
 * Flattening keeps the order of storage, but a Flatten that says channels_first (Keras 2.1.6 on) moves
 * the channels to the end before. Keras 1 and earlier Keras 2 have no such key and flatten as stored.
 *
 * @see keras/layers/core.py (Keras 2.2.4) `Flatten`
 */
function lowerFlatten(call: LayerCall): LayerResult {
  const input = onlyInput(call);
  const rank = call.shapeOf(input).length;
  const layout = layoutOf(call.config);
  if (rank === 1) return stopMask(emitReshape(call, input, [1]));
  const spatialFirst =
    layout === "channels-first" && rank > 2
      ? emitPermute(call, input, [0, ...range(2, rank), channelAxis(layout, rank)])
      : input;
  return stopMask(emitReshape(call, spatialFirst, [product(call.shapeOf(input).slice(1))]));
}

/** `dims` counts from 1 and leaves out the batch, as in every Keras. */
function lowerPermute(call: LayerCall): LayerResult {
  const input = onlyInput(call);
  const dims = call.config.intList("dims");
  expectRank(call, input, dims.length + 1);
  return stopMask(emitPermute(call, input, [0, ...dims]));
}

function lowerRepeatVector(call: LayerCall): LayerResult {
  const input = onlyInput(call);
  expectRank(call, input, 2);
  return stopMask(call.emit({ kind: "repeat", n: call.config.int("n"), weights: {} }, input));
}

function range(start: number, end: number): readonly number[] {
  return Array.from({ length: end - start }, (_, index) => start + index);
}
