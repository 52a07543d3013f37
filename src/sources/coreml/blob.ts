import type { Origin, ValueId } from "../../ir/graph.ts";
import type { Dim, WeightRef } from "../../ir/tensor.ts";

/** What an axis of a classic blob means; kept by an axis when a layer takes others away. */
export type Role = "sequence" | "batch" | "channel" | "height" | "width";

/** The five axes of a classic blob, in order. */
export const ROLES: readonly Role[] = ["sequence", "batch", "channel", "height", "width"];

/** One axis of a blob. */
export interface BlobAxis {
  /** The value's axis that lies here, never 0; undefined where the blob has a single element and the value no axis. */
  readonly at: number | undefined;
  /** Inputs whose sequence would run along here, if they have one. */
  readonly open: readonly string[];
  readonly role?: Role | undefined;
}

/**
 * A blob of a network and the graph's value that holds it. The value has the batch in front; where its other axes lie in the
 * blob is noted, so that a layer which only moves axes costs nothing. The blob's own batch, and any other axis of
 * one element, need no axis of the value.
 */
export interface Blob {
  /** Undefined for a constant that no step has needed as a value yet. */
  readonly value: ValueId | undefined;
  readonly axes: readonly BlobAxis[];
  /** A constant, in the blob's own shape. */
  readonly constant?: WeightRef;
  /** The layer that moved axes last: a move that must be carried out is its. */
  readonly mover?: Origin;
}

/** An axis of one element. */
export const UNIT: BlobAxis = { at: undefined, open: [] };

/** Size of an axis; 1 for one that is not there, null for a free one. */
export function sizeAt(dims: readonly Dim[], index: number): Dim {
  const dim = dims[index];
  return dim === undefined ? 1 : dim;
}

/** What an axis of a blob means, if anything. */
export function roleOf(blob: Pick<Blob, "axes">, index: number): Role | undefined {
  return blob.axes.length === 5 ? ROLES[index] : blob.axes[index]?.role;
}

/** Axes of the blob that the value has, in the value's order. */
export function placedAxes({ axes }: Pick<Blob, "axes">): readonly number[] {
  return axes
    .map(({ at }, index) => ({ at, index }))
    .flatMap(({ at, index }) => (at === undefined ? [] : [{ at, index }]))
    .sort((a, b) => a.at - b.at)
    .map(({ index }) => index);
}

/** The axes of a blob whose value now has exactly `places`, in this order. */
export function axesAt(axes: readonly BlobAxis[], places: readonly number[]): readonly BlobAxis[] {
  return axes.map((axis, index) => {
    const position = places.indexOf(index);
    return { ...axis, at: position < 0 ? undefined : position + 1 };
  });
}

/** Orders axes as Keras does: steps, then height and width, then channels; of a volume its channels last. */
export function kerasOrder(
  places: readonly number[],
  roleAt: (place: number) => Role | undefined,
): readonly number[] {
  const roles = places.map(roleAt);
  if (roles.includes(undefined)) return [...places].sort((a, b) => a - b);
  const volume = roles.includes("batch");
  const order: readonly Role[] = volume
    ? ["sequence", "channel", "height", "width", "batch"]
    : ["sequence", "height", "width", "channel", "batch"];
  const rank = (place: number): number => order.indexOf(roleAt(place) ?? "sequence");
  return [...places].sort((a, b) => rank(a) - rank(b));
}
