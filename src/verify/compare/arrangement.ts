import { gather, stridesOf, type Tensor } from "../tensor.ts";

/** Which blob axis holds each axis of a Keras value (batch left out); -1 for an axis of size 1. */
export type Arrangement = readonly number[];

/** Every way to find the axes of `shape` among those of `blob`; all other blob axes have size 1. */
export function arrangements(
  shape: readonly number[],
  blob: readonly number[],
): readonly Arrangement[] {
  const count = (sizes: readonly number[]): number => sizes.filter((size) => size !== 1).length;
  if (count(shape) !== count(blob) || count(shape) > MOST_AXES) return [];
  let partial: readonly Arrangement[] = [[]];
  for (const size of shape) {
    partial = partial.flatMap((places) => {
      if (size === 1) return [[...places, -1]];
      const free = blob.flatMap((one, axis) =>
        one === size && !places.includes(axis) ? [axis] : [],
      );
      return free.map((axis) => [...places, axis]);
    });
  }
  return partial;
}

/** The arrangement in which the axes stand in the wanted order, or else the first there is. */
export function arrange(
  shape: readonly number[],
  blob: readonly number[],
  order: readonly number[],
): Arrangement | undefined {
  const all = arrangements(shape, blob);
  const wanted = all.find((places) => {
    const along = order.map((axis) => places[axis] ?? -1).filter((place) => place >= 0);
    return along.every((place, index) => index === 0 || place > (along[index - 1] ?? 0));
  });
  return wanted ?? all[0];
}

/** The numbers of a blob in Keras' axis order. */
export function fromBlob(
  blob: Tensor,
  shape: readonly number[],
  places: Arrangement,
): Float32Array {
  const strides = stridesOf(blob.shape);
  return gather(
    blob.data,
    shape,
    0,
    places.map((axis) => strides[axis] ?? 0),
  ).data;
}

/** Numbers in Keras' axis order as they stand in a blob. */
export function toBlob(
  data: Float32Array,
  shape: readonly number[],
  blob: readonly number[],
  places: Arrangement,
): Float32Array {
  const strides = stridesOf(shape);
  const steps = blob.map((_, axis) => strides[places.indexOf(axis)] ?? 0);
  return gather(data, blob, 0, steps).data;
}

/** More axes than any blob has. */
const MOST_AXES = 6;
