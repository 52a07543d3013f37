import { ints } from "./attributes.ts";
import type { Scribe } from "./scribe.ts";

/** `x / sqrt(max(sum(x²), 1e-12))` over axes, by their places in the tensor. */
export function unitLength(w: Scribe, x: string, axes: readonly number[]): string {
  const squares = w.add("ReduceSumSquare", [x], { axes: ints(axes) });
  const length = w.add("Sqrt", [w.add("Max", [squares, w.scalar(1e-12)])]);
  return w.add("Div", [x, length]);
}
