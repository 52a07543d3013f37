import { formatShape, type NoWeights, type TensorType } from "../tensor.ts";
import { expectWhole, misfit, numberAt, oneInput } from "./expect.ts";

/** Adds `[before, after]` elements on every axis (batch included, with zeros there). */
export interface PadOp {
  readonly kind: "pad";
  readonly amounts: readonly (readonly [number, number])[];
  readonly mode: "constant" | "reflect" | "symmetric" | "edge";
  /** Of mode constant. */
  readonly value: number;
  readonly weights: NoWeights;
}

/** Takes `[before, after]` elements off every axis. */
export interface CropOp {
  readonly kind: "crop";
  readonly amounts: readonly (readonly [number, number])[];
  readonly weights: NoWeights;
}

/** Takes every `steps[i]`-th element of axis i from `starts[i]` up to, not including, `ends[i]`; null end = the axis' end. Steps are positive. */
export interface SliceOp {
  readonly kind: "slice";
  readonly starts: readonly number[];
  readonly ends: readonly (number | null)[];
  readonly steps: readonly number[];
  readonly weights: NoWeights;
}

/** Output type of `pad`. */
export function inferPad(op: PadOp, inputs: readonly TensorType[]): readonly TensorType[] {
  const input = oneInput(inputs);
  const amounts = expectAmounts("padding", op.amounts, input);
  const slack = op.mode === "reflect" ? 1 : 0;
  const shape = input.shape.map((dim, axis) => {
    const [before, after] = amounts(axis);
    const mirrors = op.mode === "reflect" || op.mode === "symmetric";
    if (mirrors && dim !== null && Math.max(before, after) > dim - slack) {
      misfit(`Axis ${axis} of ${formatShape(input.shape)} is too short to be mirrored so far.`);
    }
    return dim === null ? null : dim + before + after;
  });
  return [{ dtype: input.dtype, shape }];
}

/** Output type of `crop`. */
export function inferCrop(op: CropOp, inputs: readonly TensorType[]): readonly TensorType[] {
  const input = oneInput(inputs);
  const amounts = expectAmounts("cropping", op.amounts, input);
  const shape = input.shape.map((dim, axis) => {
    const [before, after] = amounts(axis);
    if (dim === null) return null;
    if (dim - before - after < 1) {
      misfit(
        `Cropping (${before}, ${after}) leaves nothing of axis ${axis} of ${formatShape(input.shape)}.`,
      );
    }
    return dim - before - after;
  });
  return [{ dtype: input.dtype, shape }];
}

/** Output type of `slice`. */
export function inferSlice(op: SliceOp, inputs: readonly TensorType[]): readonly TensorType[] {
  const input = oneInput(inputs);
  const rank = input.shape.length;
  expectWhole("starts", op.starts, rank, 0);
  expectWhole("steps", op.steps, rank, 1);
  expectWhole(
    "ends",
    op.ends.map((end) => end ?? 0),
    rank,
    0,
  );
  const shape = input.shape.map((dim, axis) => {
    const start = numberAt(op.starts, axis);
    const end = op.ends[axis] ?? null;
    if (dim === null) return null;
    const count = Math.ceil((Math.min(end ?? dim, dim) - start) / numberAt(op.steps, axis));
    if (count < 1)
      misfit(`The slice takes nothing of axis ${axis} of ${formatShape(input.shape)}.`);
    return count;
  });
  return [{ dtype: input.dtype, shape }];
}

function expectAmounts(
  what: string,
  amounts: readonly (readonly [number, number])[],
  input: TensorType,
): (axis: number) => readonly [number, number] {
  expectWhole(what, amounts.flat(), 2 * input.shape.length, 0);
  const [before, after] = amounts[0] ?? [0, 0];
  if (before !== 0 || after !== 0) misfit(`${what} cannot change the batch axis.`);
  return (axis) => amounts[axis] ?? [0, 0];
}
