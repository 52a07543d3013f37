import type { Layout } from "../../ir/ops/conv.ts";

/** Order in which a tensor has the axes of a Keras value: its axis i is the value's axis `order[i]`. */
export type AxisOrder = readonly number[];

/** The order that Keras has. */
export function naturalOrder(rank: number): AxisOrder {
  return Array.from({ length: rank }, (_, axis) => axis);
}

/** Batch, channels, then the spatial axes: what ONNX wants of pictures and sequences that windows slide over. */
export function imageOrder(layout: Layout, rank: number): AxisOrder {
  if (layout === "channels-first") return naturalOrder(rank);
  return [0, rank - 1, ...naturalOrder(rank).slice(1, -1)];
}

/** Where an axis of the value stands in the tensor. */
export function positionOf(order: AxisOrder, axis: number): number {
  return order.indexOf(axis);
}

/** Something that a value has for each axis, in the tensor's order. */
export function arrange<T>(byAxis: readonly T[], order: AxisOrder): readonly T[] {
  return order.flatMap((axis) => {
    const item = byAxis[axis];
    return item === undefined ? [] : [item];
  });
}

/** What `Transpose` must be told to bring a tensor from one order to another. */
export function permutation(from: AxisOrder, to: AxisOrder): readonly number[] {
  return to.map((axis) => from.indexOf(axis));
}

/** Whether two orders are the same. */
export function sameOrder(a: AxisOrder, b: AxisOrder): boolean {
  return a.length === b.length && a.every((axis, index) => axis === b[index]);
}

/** The order that stays when some axes of the value go; the others move up. */
export function orderWithout(order: AxisOrder, gone: readonly number[]): AxisOrder {
  const kept = order.filter((axis) => !gone.includes(axis));
  return kept.map((axis) => kept.filter((other) => other < axis).length);
}
