import type { Dim } from "../../ir/tensor.ts";

/**
 * The five axes of a blob: sequence, batch, channel, height, width.
 * @see NeuralNetwork.proto: "channel / height / width / sequence" are axes -3 / -2 / -1 / -5
 */
export const SEQ = 0;
export const BATCH = 1;
export const CHANNEL = 2;
export const HEIGHT = 3;
export const WIDTH = 4;

/** Where each axis of a value stands in its blob: entry i is the blob axis of value axis i. All other blob axes are 1. */
export type Layout = readonly number[];

/** A value as it lies in a blob. */
export interface Blob {
  readonly name: string;
  readonly layout: Layout;
  /** Shape in the value's own axes, batch first. */
  readonly shape: readonly Dim[];
}

/** How people write a value: decides in what order a picture or volume is declared. */
export type Orientation =
  /** `(batch, …spatial, channels)`; also every vector and sequence */
  | "channels-last"
  | "channels-first"
  /** three spatial axes that a layer slides over */
  | "volume-last"
  | "volume-first"
  /** `(batch, time)`: one index a step */
  | "tokens";

/**
 * The layout in which a value is declared: a vector on the channel axis, a sequence with its steps on the sequence axis,
 * a picture as C, H, W, a volume as C, D, H, W with the batch moved to the front.
 */
export function naturalLayout(rank: number, orientation: Orientation): Layout {
  if (orientation === "tokens" && rank === 2) return [BATCH, SEQ];
  if (rank === 5 && orientation === "volume-last") return [0, 2, 3, 4, 1];
  if (rank === 5 && orientation === "volume-first") return [0, 1, 2, 3, 4];
  const first = orientation === "channels-first" || orientation === "volume-first";
  if (rank === 5) return first ? [BATCH, SEQ, CHANNEL, HEIGHT, WIDTH] : LAST[5];
  if (rank === 4) return first ? [BATCH, CHANNEL, HEIGHT, WIDTH] : LAST[4];
  if (rank === 3) return first ? [BATCH, CHANNEL, SEQ] : LAST[3];
  return rank === 2 ? LAST[2] : [BATCH];
}

const LAST = {
  2: [BATCH, CHANNEL],
  3: [BATCH, SEQ, CHANNEL],
  4: [BATCH, HEIGHT, WIDTH, CHANNEL],
  5: [BATCH, SEQ, HEIGHT, WIDTH, CHANNEL],
} as const;

/** Whether every axis stands in the same place. */
export function sameLayout(a: Layout, b: Layout): boolean {
  return a.length === b.length && a.every((place, axis) => place === b[axis]);
}

/** The layout with `axis` on blob axis `place`; whatever stood there takes its old place. */
export function withAxisAt(layout: Layout, axis: number, place: number): Layout {
  const old = layout[axis];
  return layout.map((current, index) => {
    if (index === axis) return place;
    return current === place && old !== undefined ? old : current;
  });
}

/** The same for several axes, one after another. */
export function withAxesAt(
  layout: Layout,
  axes: readonly number[],
  places: readonly number[],
): Layout {
  return axes.reduce((moved, axis, index) => withAxisAt(moved, axis, places[index] ?? 0), layout);
}

/**
 * For each blob axis of the result, the blob axis it is taken from. Unused axes stay where they can.
 * Identity when only unused axes would move.
 */
export function movesBetween(from: Layout, to: Layout): readonly number[] {
  const source = new Array<number | undefined>(5).fill(undefined);
  to.forEach((place, axis) => {
    source[place] = from[axis];
  });
  const free = [0, 1, 2, 3, 4].filter((place) => !from.includes(place));
  for (const place of [0, 1, 2, 3, 4]) {
    const stays = free.indexOf(place);
    if (source[place] !== undefined || stays < 0) continue;
    source[place] = place;
    free.splice(stays, 1);
  }
  return source.map((place) => place ?? free.shift() ?? 0);
}

/** Size of each of the five blob axes. */
export function blobDims(blob: Pick<Blob, "layout" | "shape">): readonly Dim[] {
  const dims = new Array<Dim>(5).fill(1);
  blob.layout.forEach((place, axis) => {
    dims[place] = blob.shape[axis] ?? null;
  });
  return dims;
}
