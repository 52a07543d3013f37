import { fail } from "../errors.ts";
import { formatShape, sizeOf } from "../ir/tensor.ts";
import type { LossWay } from "./loss-way.ts";

/** The axes that a loss makes one number of, by Keras' rules. Throws `bad-option` for axes that the output has not. */
export function reducedAxes({ name, axes }: LossWay, shape: readonly number[]): readonly number[] {
  const all = shape.map((_, axis) => axis);
  if (axes === undefined) return OVERLAPS.has(name) ? all : all.slice(-1);
  const counted = axes.map((axis) => (axis < 0 ? axis + shape.length : axis));
  const missing = counted.find((axis) => shape[axis] === undefined);
  if (missing !== undefined) {
    fail(
      "bad-option",
      `The loss "${name}" goes along axis ${missing} of an output of ${formatShape(shape)}.`,
    );
  }
  return all.filter((axis) => counted.includes(axis));
}

/** Without an axis, the whole batch is one area. */
const OVERLAPS: ReadonlySet<string> = new Set(["dice", "tversky"]);

/** The numbers of a tensor with some of its axes behind all others, so that they are one row; itself where they are there already. */
export function axesLast(
  values: Float32Array,
  shape: readonly number[],
  axes: readonly number[],
): Float32Array {
  const places = placesOf(shape, axes);
  return places === undefined ? values : Float32Array.from(places, (place) => values[place] ?? 0);
}

/** The other way: numbers of rows where they are in a tensor. */
export function axesBack(
  rows: Float32Array,
  shape: readonly number[],
  axes: readonly number[],
): Float32Array {
  const places = placesOf(shape, axes);
  if (places === undefined) return rows;
  const values = new Float32Array(rows.length);
  places.forEach((place, index) => {
    values[place] = rows[index] ?? 0;
  });
  return values;
}

/** Where each number of the rows is in the tensor; undefined where nothing moves. */
function placesOf(shape: readonly number[], axes: readonly number[]): Uint32Array | undefined {
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...kept, ...axes];
  if (order.every((axis, index) => axis === index)) return undefined;
  let places = Uint32Array.of(0);
  for (const axis of order) {
    const step = sizeOf(shape.slice(axis + 1));
    const next = new Uint32Array(places.length * (shape[axis] ?? 1));
    let at = 0;
    for (const place of places) {
      for (let index = 0; index < (shape[axis] ?? 1); index++) next[at++] = place + index * step;
    }
    places = next;
  }
  return places;
}
