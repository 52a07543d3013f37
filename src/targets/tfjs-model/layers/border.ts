import type { Node } from "../../../ir/graph.ts";
import type { Dim } from "../../../ir/tensor.ts";
import type { LayersEmission, TensorPlace } from "./emission.ts";
import { reshaped } from "./steps.ts";

/** Amounts `[before, after]` for each axis, batch included. */
export type Amounts = readonly (readonly [number, number])[];

/**
 * Zeros put around, or elements taken off: tfjs knows both for rows and columns only, so every axis becomes rows
 * in turn. `last` is the step's name for the final layer.
 */
export function bordered(
  emission: LayersEmission,
  node: Node,
  className: "ZeroPadding2D" | "Cropping2D",
  x: TensorPlace,
  amounts: Amounts,
  last?: string,
): TensorPlace {
  const final = last === undefined ? {} : { step: last };
  const axes = amounts.flatMap(([before, after], axis) => (before + after > 0 ? [axis] : []));
  if (axes.length === 0) return reshaped(emission, { node, ...final }, x, x.shape);
  const key = className === "ZeroPadding2D" ? "padding" : "cropping";
  const sign = className === "ZeroPadding2D" ? 1 : -1;
  const sized = (shape: readonly Dim[], axis: number): readonly Dim[] => {
    const [before = 0, after = 0] = amounts[axis] ?? [];
    const dim = shape[axis] ?? null;
    return shape.with(axis, dim === null ? null : dim + sign * (before + after));
  };
  if (x.shape.length === 4 && axes.every((axis) => axis === 1 || axis === 2)) {
    const config = {
      [key]: [pairOf(amounts, 1), pairOf(amounts, 2)],
      data_format: "channels_last",
    };
    const shape = sized(sized(x.shape, 1), 2);
    return emission.one(node, { className, config, shape, ...final }, x);
  }
  return axes.reduce((y, axis, index) => {
    const step = `${last ?? key}_${axis}`;
    const flat = [y.shape[0] ?? null, sizeOf(y.shape.slice(1, axis)), y.shape[axis] ?? null];
    const image = [...flat, sizeOf(y.shape.slice(axis + 1))];
    const rows = reshaped(emission, { node, step: `${step}_in` }, y, image);
    const config = { [key]: [[0, 0], pairOf(amounts, axis)], data_format: "channels_last" };
    const [before = 0, after = 0] = amounts[axis] ?? [];
    const dim = image[2] ?? null;
    const wide = image.with(2, dim === null ? null : dim + sign * (before + after));
    const done = emission.one(node, { className, config, shape: wide, step }, rows);
    const back = index === axes.length - 1 ? final : { step: `${step}_out` };
    return reshaped(emission, { node, ...back }, done, sized(y.shape, axis));
  }, x);
}

function pairOf(amounts: Amounts, axis: number): number[] {
  return [...(amounts[axis] ?? [0, 0])];
}

function sizeOf(shape: readonly Dim[]): Dim {
  return shape.reduce((size, dim) => (size === null || dim === null ? null : size * dim), 1);
}
