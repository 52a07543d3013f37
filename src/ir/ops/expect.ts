import { fail } from "../../errors.ts";
import { type Dim, type DType, formatShape, type TensorType, type WeightRef } from "../tensor.ts";
import type { Layout } from "./conv.ts";

/** Throws `bad-shape`; the builder adds which layer it is. */
export function misfit(text: string): never {
  return fail("bad-shape", text);
}

/** The only input of an op. */
export function oneInput(inputs: readonly TensorType[]): TensorType {
  const [input] = inputs;
  if (input === undefined || inputs.length !== 1) {
    return misfit(`The layer takes one input, but got ${inputs.length}.`);
  }
  return input;
}

/** The two inputs of an op. */
export function twoInputs(inputs: readonly TensorType[]): readonly [TensorType, TensorType] {
  const [first, second] = inputs;
  if (first === undefined || second === undefined || inputs.length !== 2) {
    return misfit(`The layer takes two inputs, but got ${inputs.length}.`);
  }
  return [first, second];
}

/** Throws unless the input has `rank` axes, batch included. */
export function expectRank(input: TensorType, rank: number): void {
  if (input.shape.length === rank) return;
  misfit(
    `The input must have ${rank} axes with the batch, but its shape is ${formatShape(input.shape)}.`,
  );
}

/** Throws unless the input has at least `rank` axes, batch included. */
export function expectMinRank(input: TensorType, rank: number): void {
  if (input.shape.length >= rank) return;
  misfit(
    `The input must have at least ${rank} axes with the batch, but its shape is ${formatShape(input.shape)}.`,
  );
}

/** Throws unless `axis` is a whole number from `lowest` to the last axis. */
export function expectAxis(input: TensorType, axis: number, lowest = 1): void {
  const rank = input.shape.length;
  if (Number.isInteger(axis) && axis >= lowest && axis < rank) return;
  misfit(`Axis ${axis} does not exist in the input ${formatShape(input.shape)}.`);
}

/** Throws unless the axes are distinct and all exist. */
export function expectAxes(input: TensorType, axes: readonly number[], lowest = 1): void {
  for (const axis of axes) expectAxis(input, axis, lowest);
  if (new Set(axes).size !== axes.length) misfit(`The axes ${axes.join(", ")} repeat.`);
}

/** Throws unless `weight` has exactly this shape. */
export function expectWeight(
  role: string,
  weight: WeightRef | undefined,
  shape: readonly number[],
): void {
  if (weight === undefined || sameShape(weight.shape, shape)) return;
  misfit(`${role} has shape ${formatShape(weight.shape)}, expected ${formatShape(shape)}.`);
}

/** Throws unless `weight` has `rank` axes; returns its shape. */
export function expectWeightRank(role: string, weight: WeightRef, rank: number): readonly number[] {
  if (weight.shape.length !== rank) {
    misfit(`${role} has shape ${formatShape(weight.shape)}, expected ${rank} axes.`);
  }
  return weight.shape;
}

/** Throws unless `values` are `count` whole numbers, none below `lowest`. */
export function expectWhole(
  what: string,
  values: readonly number[],
  count: number,
  lowest: number,
): void {
  const sound = values.every((value) => Number.isSafeInteger(value) && value >= lowest);
  if (sound && values.length === count) return;
  misfit(
    `${what} is (${values.join(", ")}), expected ${count} whole numbers of at least ${lowest}.`,
  );
}

/** Size of an axis that must be known before running, such as channels. */
export function knownDim(input: TensorType, axis: number, what: string): number {
  const dim = dimAt(input.shape, axis);
  if (dim === null) {
    return misfit(
      `The number of ${what} must be known, but is free in ${formatShape(input.shape)}.`,
    );
  }
  return dim;
}

/** Element of a shape that was checked to have this axis. */
export function dimAt(shape: readonly Dim[], axis: number): Dim {
  const dim = shape[axis];
  if (dim === undefined) return misfit(`${formatShape(shape)} has no axis ${axis}.`);
  return dim;
}

/** Number at a place of a list that was checked to be long enough. */
export function numberAt(values: readonly number[], index: number): number {
  const value = values[index];
  if (value === undefined) return misfit(`Expected more than ${values.length} numbers.`);
  return value;
}

/** Which axis holds the channels. */
export function channelAxis(layout: Layout, rank: number): number {
  return layout === "channels-last" ? rank - 1 : 1;
}

/** The spatial dims of an input, in order. */
export function spatialDims(input: TensorType, layout: Layout): readonly Dim[] {
  return layout === "channels-last" ? input.shape.slice(1, -1) : input.shape.slice(2);
}

/** Puts batch, spatial axes and channels together as the layout says. */
export function imageShape(
  batch: Dim,
  spatial: readonly Dim[],
  channels: Dim,
  layout: Layout,
): readonly Dim[] {
  return layout === "channels-last" ? [batch, ...spatial, channels] : [batch, channels, ...spatial];
}

/** Type of numbers an arithmetic op gives: floating input types stay, all others become float32. */
export function floatOf(dtype: DType): DType {
  return dtype.includes("float") ? dtype : "float32";
}

/** Whether two dims can be the same size: equal, or one of them free. */
export function dimsMeet(a: Dim, b: Dim): boolean {
  return a === null || b === null || a === b;
}

/** Whether two known shapes are equal. */
export function sameShape(a: readonly Dim[], b: readonly Dim[]): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

/** Numpy's broadcast of two dims; undefined when they do not fit. A free dim yields to a size above 1. */
export function broadcastDim(a: Dim, b: Dim): Dim | undefined {
  if (a === b || b === 1) return a;
  if (a === 1) return b;
  if (a === null) return b;
  return b === null ? a : undefined;
}
