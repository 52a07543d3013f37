import type { Node } from "../../ir/graph.ts";
import type { ConvTransposeOp } from "../../ir/ops/conv.ts";
import { knownSize } from "../refuse.ts";
import type { Emission } from "./emission.ts";
import { type CoreWindow, isVolumeWindow } from "./window.ts";

/**
 * Output size for each axis of the window. Empty when sizes are free and the layer's own rule gives the same:
 * `in * stride` for same, `(in - 1) * stride + kernel` for valid.
 */
export function outputSizes(
  node: Node<ConvTransposeOp>,
  emission: Emission,
  window: CoreWindow,
): readonly number[] {
  const shape = emission.shapeOf(node.outputs[0] ?? "");
  const covered = window.size.every((size, axis) => size >= (window.strides[axis] ?? 1));
  const plain = window.outputPadding === undefined && covered && !isVolumeWindow(window);
  const places = spatialAxes(node, window);
  if (plain && places.some((axis) => axis !== undefined && shape[axis] === null)) return [];
  return places.map((axis) =>
    axis === undefined ? 1 : knownSize(node, shape, axis, "The output size"),
  );
}

/** How much of the full gradient lies before and after the output, which TensorFlow centres. */
export function cutsOf(
  node: Node<ConvTransposeOp>,
  emission: Emission,
  window: CoreWindow,
): readonly (readonly [number, number])[] {
  const sizes = outputSizes(node, emission, window);
  const { shape } = emission.input(node);
  return spatialAxes(node, window).map((axis, index) => {
    const input = axis === undefined ? 1 : knownSize(node, shape, axis, "The input size");
    const whole = (input - 1) * (window.strides[index] ?? 1) + (window.size[index] ?? 1);
    const before = Math.floor((whole - (sizes[index] ?? 0)) / 2);
    return [before, whole - (sizes[index] ?? 0) - before];
  });
}

/** The value's axis for each axis of the window; undefined for a height that is not there. */
function spatialAxes(
  node: Node<ConvTransposeOp>,
  window: CoreWindow,
): readonly (number | undefined)[] {
  const first = node.op.layout === "channels-first" ? 2 : 1;
  return window.axes.map((axis) => (axis === undefined ? undefined : first + axis));
}
