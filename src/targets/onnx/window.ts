import type { Padding } from "../../ir/ops/conv.ts";
import { windowPadding } from "../../ir/ops/window.ts";
import type { Dim } from "../../ir/tensor.ts";
import { type Attributes, ints, text } from "./attributes.ts";

/** A window as an op states it; lists by spatial axis. */
export interface OpWindow {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: Padding;
}

/**
 * What `Conv` and the pools must be told of a window. Amounts of padding wherever they are known; `SAME_UPPER`, which is how TensorFlow
 * pads, where they depend on a free size.
 */
export function windowAttributes(window: OpWindow, spatial: readonly Dim[]): Attributes {
  const amounts = window.size.map((_, axis) => windowPadding(window, axis, spatial[axis] ?? null));
  const known = amounts.filter((amount) => amount !== null);
  const padding =
    known.length === amounts.length
      ? { pads: ints([...known.map(([before]) => before), ...known.map(([, after]) => after)]) }
      : { auto_pad: text("SAME_UPPER") };
  const dilated = window.dilations.some((dilation) => dilation !== 1);
  return {
    ...padding,
    ...(dilated ? { dilations: ints(window.dilations) } : {}),
    kernel_shape: ints(window.size),
    strides: ints(window.strides),
  };
}
