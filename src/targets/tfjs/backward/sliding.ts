import type { Tensor } from "@tensorflow/tfjs-core";
import { type Window, windowPadding } from "../../../ir/ops/window.ts";

/** A window over rows and columns of `(batch, rows, columns, channels)`; pairs are `[down, right]`. */
export interface Sliding {
  readonly batch: number;
  /** `[rows, columns, channels]` */
  readonly input: readonly [number, number, number];
  readonly output: readonly [number, number, number];
  readonly size: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** `[above, below]` and `[left, right]` */
  readonly borders: readonly [readonly [number, number], readonly [number, number]];
}

/** The sliding of a window from one tensor to the other, channels last; a sequence has one row. Undefined for volumes. */
export function slidingOf(window: Window, x: Tensor, y: Tensor): Sliding | undefined {
  if (x.rank < 3 || x.rank > 4) return undefined;
  const borders = window.size.map((_, axis) => windowPadding(window, axis, x.shape[axis + 1] ?? 0));
  const [down, right] = borders.length === 1 ? [[0, 0] as const, borders[0]] : borders;
  if (!down || !right) return undefined;
  return {
    batch: x.shape[0] ?? 0,
    input: sizesOf(x),
    output: sizesOf(y),
    size: pairOf(window.size),
    strides: pairOf(window.strides),
    dilations: pairOf(window.dilations),
    borders: [down, right],
  };
}

function sizesOf({ shape }: Tensor): readonly [number, number, number] {
  const [rows = 1, columns = 1, channels = 1] =
    shape.length === 3 ? [1, ...shape.slice(1)] : shape.slice(1);
  return [rows, columns, channels];
}

function pairOf(values: readonly number[]): readonly [number, number] {
  const [first = 1, second] = values;
  return second === undefined ? [1, first] : [first, second];
}
