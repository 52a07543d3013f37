import { stridedSlice, type Tensor } from "@tensorflow/tfjs-core";
import { fail } from "../../errors.ts";
import { type Window, windowPadding } from "../../ir/ops/window.ts";
import { padConstant } from "./pad.ts";
import { sizeAt } from "./rank.ts";

/** `(batch, …spatial, channels)` with the padding of a window around it. */
export function padSpatial(x: Tensor, window: Window, value: number): Tensor {
  const amounts = window.size.map((_, axis) => {
    const amount = windowPadding(window, axis, sizeAt(x, axis + 1));
    return amount ?? fail("internal", "The size of an input is not known while running.");
  });
  if (amounts.every(([before, after]) => before === 0 && after === 0)) return x;
  return padConstant(x, [[0, 0], ...amounts, [0, 0]], value);
}

/** Every `strides[i]`-th place of each spatial axis. */
export function thin(x: Tensor, strides: readonly number[]): Tensor {
  return stridedSlice(
    x,
    x.shape.map(() => 0),
    x.shape,
    [1, ...strides, 1],
  );
}
