import type { ValueId } from "../../../ir/graph.ts";
import type { Layout } from "../../../ir/ops/conv.ts";
import type { ConfigReader } from "../config.ts";
import type { LayerCall } from "../layer-spec.ts";

/** `data_format` of a layer; without one Keras means channels last. */
export function layoutOf(config: ConfigReader): Layout {
  const format = config.oneOf(
    "data_format",
    ["channels_last", "channels_first"] as const,
    "channels_last",
  );
  return format === "channels_first" ? "channels-first" : "channels-last";
}

/** The channel axis of a value of this rank. */
export function channelAxis(layout: Layout, rank: number): number {
  return layout === "channels-first" ? 1 : rank - 1;
}

/** The spatial axes of a value of this rank, in order. */
export function spatialAxes(layout: Layout, rank: number): readonly number[] {
  const first = layout === "channels-first" ? 2 : 1;
  return Array.from({ length: rank - 2 }, (_, index) => first + index);
}

/** A Keras axis, maybe negative, as a positive one. Refuses what lies outside. */
export function resolveAxis(call: LayerCall, axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (positive < 0 || positive >= rank) {
    call.refuse(`axis ${axis} does not exist in an input of ${rank} dimensions.`);
  }
  return positive;
}

/** An axis or a list of them (Keras writes both), as positive axes in increasing order. */
export function resolveAxes(
  call: LayerCall,
  axes: readonly number[],
  rank: number,
): readonly number[] {
  const positive = axes.map((axis) => resolveAxis(call, axis, rank));
  return [...new Set(positive)].sort((a, b) => a - b);
}

/** The only input of a layer. */
export function onlyInput(call: LayerCall): ValueId {
  const [first, ...others] = call.inputs;
  if (first === undefined || others.length > 0) {
    call.refuse(`it takes one input, and gets ${call.inputs.length}.`);
  }
  return first;
}

/** Size of an axis that the weights or the meaning of the layer depend on. */
export function knownSize(call: LayerCall, value: ValueId, axis: number): number {
  const size = call.shapeOf(value)[axis];
  if (size === undefined || size === null) {
    call.refuse(
      `the size of axis ${axis} of its input is not known.`,
      "Give the full input shape with --input-shape.",
    );
  }
  return size;
}

/** Refuses inputs of another number of dimensions (the batch counts). */
export function expectRank(call: LayerCall, value: ValueId, rank: number): void {
  const shape = call.shapeOf(value);
  if (shape.length !== rank) {
    call.refuse(`it takes inputs of ${rank} dimensions, and gets one of ${shape.length}.`);
  }
}
