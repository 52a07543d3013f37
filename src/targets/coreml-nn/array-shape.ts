import type { Dim } from "../../ir/tensor.ts";
import { blobDims, CHANNEL, HEIGHT, type Layout, WIDTH } from "./layout.ts";

/** How declared array shapes relate to blobs. */
export type ArrayMapping = "classic" | "exact";

interface Placed {
  readonly layout: Layout;
  readonly shape: readonly Dim[];
}

/**
 * The shape to declare for a value. Classic: `[C, H, W]`, or `[C]` where height and width are unused; sequence and
 * batch are left to the caller. Exact: every axis but the batch, in the blob's order.
 */
export function arrayShape(value: Placed, mapping: ArrayMapping): readonly Dim[] {
  const dims = blobDims(value);
  const places = declaredPlaces(value.layout, mapping);
  return places.map((place) => dims[place] ?? null);
}

/** The value's axis behind each declared dimension; undefined for one that only Core ML has. */
export function declaredAxes(
  layout: Layout,
  mapping: ArrayMapping,
): readonly (number | undefined)[] {
  return declaredPlaces(layout, mapping).map((place) => {
    const axis = layout.indexOf(place);
    return axis < 0 ? undefined : axis;
  });
}

/** The blob axes that an exactly mapped array has; a value of nothing but a batch keeps one. */
export function exactPlaces(layout: Layout): readonly number[] {
  const places = layout.slice(1).sort((a, b) => a - b);
  return places.length === 0 ? [CHANNEL] : places;
}

function declaredPlaces(layout: Layout, mapping: ArrayMapping): readonly number[] {
  if (mapping === "exact") return exactPlaces(layout);
  const plane = layout.includes(HEIGHT) || layout.includes(WIDTH);
  return plane ? [CHANNEL, HEIGHT, WIDTH] : [CHANNEL];
}
