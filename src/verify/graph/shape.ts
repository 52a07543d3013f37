import type { ApplyMaskOp, NotEqualMaskOp } from "../../ir/ops/mask.ts";
import type { CropOp, PadOp, SliceOp } from "../../ir/ops/pad.ts";
import type { ConstantOp, PermuteOp, RepeatOp, ReshapeOp } from "../../ir/ops/shape.ts";
import { sizeOf } from "../../ir/tensor.ts";
import { axisMap, gather } from "./gather.ts";
import { at, build, dim, map, only, pick, reshape, type Tensor, transpose } from "./tensor.ts";
import { load } from "./weight.ts";

/** The same numbers in another shape. */
export function reshapeOp(op: ReshapeOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const x = only(inputs);
  const known = sizeOf(op.shape.filter((size) => size !== null));
  const free = x.data.length / dim(x, 0) / known;
  return [reshape(x, [dim(x, 0), ...op.shape.map((size) => size ?? free)])];
}

/** Axes in another order. */
export function permute(op: PermuteOp, inputs: readonly Tensor[]): readonly Tensor[] {
  return [transpose(only(inputs), op.dims)];
}

/** Each vector several times, as a sequence. */
export function repeat(op: RepeatOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const x = only(inputs);
  return [build([dim(x, 0), op.n, dim(x, 1)], ([b = 0, , i = 0]) => pick(x, [b, i]))];
}

/** Borders around an input. */
export function pad(op: PadOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const x = only(inputs);
  const maps = x.shape.map((size, axis) => {
    const [before, after] = at(op.amounts, axis);
    return axisMap(before + size + after, (i) => padSource(op.mode, i - before, size));
  });
  return [gather(x, maps, op.value)];
}

/** Borders taken away. */
export function crop(op: CropOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const x = only(inputs);
  const maps = x.shape.map((size, axis) => {
    const [before, after] = at(op.amounts, axis);
    return axisMap(size - before - after, (i) => i + before);
  });
  return [gather(x, maps)];
}

/** Every n-th element of a part. */
export function slice(op: SliceOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const x = only(inputs);
  const maps = x.shape.map((size, axis) => {
    const end = Math.min(op.ends[axis] ?? size, size);
    const [start, step] = [at(op.starts, axis), at(op.steps, axis)];
    return axisMap(Math.ceil((end - start) / step), (i) => start + i * step);
  });
  return [gather(x, maps)];
}

/** Numbers that belong to the model. */
export function constant(op: ConstantOp): readonly Tensor[] {
  return [load(op.weights.value)];
}

/** 1 where the input is not the masked value, else 0. */
export function notEqualMask(op: NotEqualMaskOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const x = only(inputs);
  if (!op.reduceLast) return [map(x, (value) => (value === op.value ? 0 : 1))];
  const last = dim(x, -1);
  return [
    build(x.shape.slice(0, -1), (index) => {
      for (let i = 0; i < last; i++) if (pick(x, [...index, i]) !== op.value) return 1;
      return 0;
    }),
  ];
}

/** Zero where the mask is. */
export function applyMask(_op: ApplyMaskOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const [x, mask] = [at(inputs, 0), at(inputs, 1)];
  return [
    build(x.shape, (index) =>
      pick(mask, index.slice(0, mask.shape.length)) === 0 ? 0 : pick(x, index),
    ),
  ];
}

/** Which element stands at a padded place; -1: none. */
function padSource(mode: PadOp["mode"], i: number, size: number): number {
  if (i >= 0 && i < size) return i;
  switch (mode) {
    case "constant":
      return -1;
    case "reflect":
      return i < 0 ? -i : 2 * (size - 1) - i;
    case "symmetric":
      return i < 0 ? -i - 1 : 2 * size - 1 - i;
    case "edge":
      return i < 0 ? 0 : size - 1;
  }
}
