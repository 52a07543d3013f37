import { fail } from "../errors.ts";
import { formatShape, readFloat64, sizeOf, type WeightRef } from "../ir/tensor.ts";

/**
 * A small weight computed from whole other ones, such as a batch-norm's scale. `compute` runs anew at each
 * read, in float64. `id` must tell the computation; the inputs' ids are added.
 */
export function mapWeight(
  id: string,
  inputs: readonly WeightRef[],
  shape: readonly number[],
  compute: (...inputs: readonly Float64Array[]) => ArrayLike<number>,
): WeightRef {
  return {
    id: `${id}(${inputs.map((input) => input.id).join(";")})`,
    dtype: inputs[0]?.dtype ?? "float32",
    shape,
    readInto(target, start) {
      const values = compute(...inputs.map(readFloat64));
      if (values.length !== sizeOf(shape)) {
        fail("internal", `${values.length} numbers do not fill the shape ${formatShape(shape)}.`);
      }
      for (let i = 0; i < target.length; i++) target[i] = values[start + i] ?? 0;
    },
  };
}
