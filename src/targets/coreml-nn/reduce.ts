import { CHANNEL, HEIGHT, type Layout, WIDTH, withAxesAt } from "./layout.ts";

/** Where axes must stand for one `reduce` layer to take them together. */
export interface Reduction {
  readonly layout: Layout;
  readonly axis: "C" | "H" | "W" | "HW" | "CHW";
}

/**
 * A layout for reducing these one to three axes with one layer, moving as little as possible.
 * @see NeuralNetwork.proto ReduceLayerParams: C, H, W, HW or CHW
 */
export function reduceSteps(layout: Layout, axes: readonly number[]): Reduction {
  const [first] = axes;
  if (axes.length === 1 && first !== undefined) {
    const place = layout[first];
    if (place === HEIGHT) return { layout, axis: "H" };
    if (place === WIDTH) return { layout, axis: "W" };
    return { layout: withAxesAt(layout, axes, [CHANNEL]), axis: "C" };
  }
  const places = axes.length === 2 ? [HEIGHT, WIDTH] : [CHANNEL, HEIGHT, WIDTH];
  const sorted = axes.every((axis) => places.includes(layout[axis] ?? -1));
  const moved = sorted ? layout : withAxesAt(layout, axes, places);
  return { layout: moved, axis: axes.length === 2 ? "HW" : "CHW" };
}
