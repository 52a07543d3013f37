import { fail } from "../errors.ts";
import { formatShape, sizeOf, type WeightRef } from "../ir/tensor.ts";

/** The same numbers in the same row-major order under another shape of equal size. */
export function reshapeWeight(ref: WeightRef, shape: readonly number[]): WeightRef {
  if (sizeOf(shape) !== sizeOf(ref.shape)) {
    fail(
      "bad-shape",
      `A weight of shape ${formatShape(ref.shape)} cannot be reshaped to ${formatShape(shape)}.`,
    );
  }
  return {
    id: `${ref.id}|reshape(${shape.join(",")})`,
    dtype: ref.dtype,
    shape,
    readInto: (target, start) => ref.readInto(target, start),
  };
}
