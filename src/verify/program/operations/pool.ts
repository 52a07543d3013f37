import { type Pooling, pool } from "../../pooling.ts";
import type { Window } from "../../window.ts";
import type { OperationCall, OperationRun } from "../call.ts";
import { PAD_TYPES, paddedWindow, spatialRank, steps } from "./window.ts";

/** The largest number of each window. */
export const max_pool: OperationRun = (call) => pooled(call, "MAX", false);

/** The mean of each window, with or without the padding in it. */
export const avg_pool: OperationRun = (call) =>
  pooled(call, "AVERAGE", call.flag("exclude_padding_from_average", false));

/** The root of the sum of squares of each window. */
export const l2_pool: OperationRun = (call) => pooled(call, "L2", false);

function pooled(call: OperationCall, type: Pooling["type"], excludePadding: boolean) {
  const rank = spatialRank(call);
  const x = call.tensor("x");
  const ones = new Array<number>(rank).fill(1);
  const size = {
    kernel: steps(call, "kernel_sizes", rank),
    stride: steps(call, "strides", rank, ones),
    dilation: ones,
  };
  const padType = call.word("pad_type", PAD_TYPES);
  const spatial = x.shape.slice(2);
  const window = paddedWindow(call, spatial, size, padType);
  if (!call.flag("ceil_mode", false)) return pool(x, { window, type, excludePadding });
  call.require(
    padType !== "same" && window.before.join() === window.after.join(),
    "rounds up with padding that is not the same on both sides",
  );
  return pool(x, { window, type, excludePadding, sizes: roundedUp(spatial, window) });
}

/** A last window may begin in the input but reach beyond it; none begins in the padding behind it. */
function roundedUp(spatial: readonly number[], window: Window): number[] {
  return spatial.map((input, axis) => {
    const stride = window.stride[axis] ?? 1;
    const before = window.before[axis] ?? 0;
    const after = window.after[axis] ?? 0;
    const room = input + before + after - (window.kernel[axis] ?? 1);
    const size = Math.ceil(room / stride) + 1;
    return before + after > 0 && (size - 1) * stride >= input + before ? size - 1 : size;
  });
}
