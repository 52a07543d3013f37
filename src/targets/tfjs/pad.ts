import {
  slice as cut,
  gather,
  pad as padded,
  reshape,
  stridedSlice,
  type Tensor,
  tensor1d,
} from "@tensorflow/tfjs-core";
import type { CropOp, PadOp, SliceOp } from "../../ir/ops/pad.ts";
import { type Computed, computed, tensorAt } from "./forward.ts";
import { sizeAt } from "./rank.ts";

/** Borders around an input. */
export function pad(op: PadOp, inputs: readonly Tensor[]): Computed {
  const x = tensorAt(inputs, 0);
  if (op.mode === "constant") return computed(padConstant(x, op.amounts, op.value));
  const { mode } = op;
  return computed(
    op.amounts.reduce((y, [before, after], axis) => {
      if (before === 0 && after === 0) return y;
      const size = sizeAt(x, axis);
      const places = Array.from({ length: before + size + after }, (_, i) =>
        mirrored(mode, i - before, size),
      );
      return gather(y, tensor1d(places, "int32"), axis);
    }, x),
  );
}

/** `[before, after]` equal numbers on every axis. */
export function padConstant(
  x: Tensor,
  amounts: readonly (readonly [number, number])[],
  value: number,
): Tensor {
  if (x.rank > 4) return padAxisByAxis(x, amounts, value);
  return padded(
    x,
    amounts.map(([before, after]): [number, number] => [before, after]),
    value,
  );
}

/** The kernel of the backend webgpu knows four axes. */
function padAxisByAxis(
  x: Tensor,
  amounts: readonly (readonly [number, number])[],
  value: number,
): Tensor {
  return amounts.reduce((y, [before, after], axis) => {
    if (before === 0 && after === 0) return y;
    const size = sizeAt(y, axis);
    const rest = y.shape.slice(axis + 1).reduce((product, dim) => product * dim, 1);
    const wider = padded(
      reshape(y, [-1, size, rest]),
      [
        [0, 0],
        [before, after],
        [0, 0],
      ],
      value,
    );
    return reshape(wider, y.shape.with(axis, before + size + after));
  }, x);
}

/** Borders taken away. */
export function crop(op: CropOp, inputs: readonly Tensor[]): Computed {
  const x = tensorAt(inputs, 0);
  const begin = op.amounts.map(([before]) => before);
  const size = op.amounts.map(([before, after], axis) => sizeAt(x, axis) - before - after);
  return computed(cut(x, begin, size));
}

/** Every n-th element of a part. */
export function slice(op: SliceOp, inputs: readonly Tensor[]): Computed {
  const x = tensorAt(inputs, 0);
  const ends = op.ends.map((end, axis) => Math.min(end ?? sizeAt(x, axis), sizeAt(x, axis)));
  if (op.steps.every((step) => step === 1)) {
    return computed(
      cut(
        x,
        [...op.starts],
        ends.map((end, axis) => end - (op.starts[axis] ?? 0)),
      ),
    );
  }
  return computed(stridedSlice(x, [...op.starts], ends, [...op.steps]));
}

/** Which element stands at a place outside. */
function mirrored(mode: Exclude<PadOp["mode"], "constant">, i: number, size: number): number {
  if (i >= 0 && i < size) return i;
  switch (mode) {
    case "reflect":
      return i < 0 ? -i : 2 * (size - 1) - i;
    case "symmetric":
      return i < 0 ? -i - 1 : 2 * size - 1 - i;
    case "edge":
      return i < 0 ? 0 : size - 1;
  }
}
