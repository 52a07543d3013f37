import {
  type Rank,
  reshape,
  squeeze,
  type Tensor,
  type Tensor4D,
  type Tensor5D,
  transpose,
  unstack,
} from "@tensorflow/tfjs-core";
import { fail } from "../../errors.ts";
import type { Layout } from "../../ir/ops/conv.ts";

/** Size of axis `axis`, counted from the end when negative. */
export function sizeAt(x: Tensor, axis: number): number {
  return x.shape.at(axis) ?? fail("internal", `There is no axis ${axis} in (${x.shape}).`);
}

/** The same tensor, known to have four axes. */
export function fourAxes(x: Tensor): Tensor4D {
  if (hasFour(x)) return x;
  const [a = 1, b = 1, c = 1, d = 1] = x.shape;
  return reshape<Rank.R4>(x, [a, b, c, d]);
}

/** The same tensor, known to have five axes. */
export function fiveAxes(x: Tensor): Tensor5D {
  if (hasFive(x)) return x;
  const [a = 1, b = 1, c = 1, d = 1, e = 1] = x.shape;
  return reshape<Rank.R5>(x, [a, b, c, d, e]);
}

/** Runs `f` on the channels-last form of the input and puts its result back into the layout. */
export function channelsLast(x: Tensor, layout: Layout, f: (x: Tensor) => Tensor): Tensor {
  if (layout === "channels-last") return f(x);
  const axes = x.shape.map((_, axis) => axis);
  const y = f(transpose(x, [0, ...axes.slice(2), 1]));
  const { rank } = y;
  return rank < 3 ? y : transpose(y, [0, rank - 1, ...axes.slice(1, rank - 1)]);
}

/** Runs `f` with an axis of size 1 before the spatial axes when there is only one, and takes it out again. */
export function withTwoSpatial(x: Tensor, f: (x: Tensor) => Tensor): Tensor {
  if (x.rank !== 3) return f(x);
  const [batch = 1, width = 1, channels = 1] = x.shape;
  const y = f(reshape(x, [batch, 1, width, channels]));
  return reshape(y, [batch, sizeAt(y, 2), sizeAt(y, 3)]);
}

/** Numbers for two spatial axes, `filler` in front of a single one. */
export function pair(values: readonly number[], filler: number): [number, number] {
  const [first = filler, second] = values;
  return second === undefined ? [filler, first] : [first, second];
}

/** Numbers for three spatial axes. */
export function triple(values: readonly number[]): [number, number, number] {
  const [a = 1, b = 1, c = 1] = values;
  return [a, b, c];
}

function hasShape(x: Tensor, shape: readonly number[]): boolean {
  return x.rank === shape.length && x.shape.every((size, axis) => size === shape[axis]);
}

/** The same numbers in a shape; the tensor itself where it has it. Not to be returned where a new tensor is expected. */
export function inShape(x: Tensor, shape: readonly number[]): Tensor {
  return hasShape(x, shape) ? x : reshape(x, [...shape]);
}

function hasFour(x: Tensor): x is Tensor4D {
  return x.rank === 4;
}

function hasFive(x: Tensor): x is Tensor5D {
  return x.rank === 5;
}

/** The parts along an axis, without it. A single one is no stack: tfjs' gradient of that fails. */
export function partsAlong(x: Tensor, axis: number): Tensor[] {
  return x.shape[axis] === 1 ? [squeeze(x, [axis])] : unstack(x, axis);
}
