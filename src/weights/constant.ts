import { fail } from "../errors.ts";
import { type DType, formatShape, sizeOf, type WeightRef } from "../ir/tensor.ts";

/** Numbers that come from no file: a bias of zeros, a scale from a layer's config. `id` must name them uniquely. */
export function constantWeight(
  id: string,
  shape: readonly number[],
  values: ArrayLike<number>,
  dtype: DType = "float32",
): WeightRef {
  if (values.length !== sizeOf(shape)) {
    fail("internal", `${values.length} numbers do not fill the shape ${formatShape(shape)}.`);
  }
  const numbers = Float64Array.from(values);
  return {
    id,
    dtype,
    shape,
    readInto: (target, start) => target.set(numbers.subarray(start, start + target.length)),
  };
}

/** The same number everywhere. `id` must name it uniquely, its shape included. */
export function filledWeight(
  id: string,
  shape: readonly number[],
  value: number,
  dtype: DType = "float32",
): WeightRef {
  return { id, dtype, shape, readInto: (target) => void target.fill(value) };
}
