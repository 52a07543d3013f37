import { type Tensor, transpose } from "@tensorflow/tfjs-core";
import type { Layout } from "../../../ir/ops/conv.ts";

/** The same values with the channels at the end. */
export function toLast(x: Tensor, layout: Layout): Tensor {
  if (layout === "channels-last") return x;
  return transpose(x, [0, ...x.shape.map((_, axis) => axis).slice(2), 1]);
}

/** Channels from the end back to where the layout has them. */
export function fromLast(x: Tensor, layout: Layout): Tensor {
  if (layout === "channels-last") return x;
  return transpose(x, [0, x.rank - 1, ...x.shape.map((_, axis) => axis).slice(1, -1)]);
}
