import type { ValueId } from "../../../ir/graph.ts";
import { type Blob, placedAxes } from "../blob.ts";
import type { LayerCall } from "../layer-call.ts";

/** Channels, height and width of a blob in one axis, in the order in which the value has them. */
export interface FlatTail {
  readonly value: ValueId;
  /** Axes before the channels, then the channels' axis, which holds all. */
  readonly places: readonly number[];
  /** The blob axes that were joined, in their order, all three. */
  readonly order: readonly number[];
}

/**
 * Flattens the last three axes as the value has them: no element moves but axes before the channels come first. `size` is
 * that of the result where an axis is free.
 */
export function flattenTail(
  call: LayerCall,
  x: Blob,
  size: number | null,
  order?: readonly number[],
): FlatTail {
  const rank = x.axes.length;
  const tail = [rank - 3, rank - 2, rank - 1];
  const placed = placedAxes(x);
  const lead = placed.filter((index) => index < rank - 3).sort((a, b) => a - b);
  const own = placed.filter((index) => tail.includes(index));
  const wanted = order?.filter((index) => own.includes(index)) ?? own;
  for (const index of tail) call.touch(x, index);
  const value = call.arrange(x, [...lead, ...wanted]);
  const dims = call.dims(x);
  const free = wanted.filter((index) => dims[index] === null);
  const rest = wanted.reduce((product, index) => product * (dims[index] ?? 1), 1);
  if (free.length === 1 && size !== null) call.guessLength(Math.floor(size / rest));
  const known = wanted.every((index) => dims[index] !== null)
    ? wanted.reduce((product, index) => product * (dims[index] ?? 1), 1)
    : size;
  const shape = [...lead.map((index) => dims[index] ?? null), known];
  const units = tail.filter((index) => !own.includes(index));
  return {
    value: call.emit({ kind: "reshape", shape, weights: {} }, value),
    places: [...lead, rank - 3],
    order: [...wanted, ...units],
  };
}
