import { fail } from "../errors.ts";
import { formatShape, readFloat64, sizeOf, type WeightRef } from "../ir/tensor.ts";

/**
 * The weight with every slice along `axis` multiplied by its own factor: `factors` is a vector as long as
 * that axis. This is how a batch-norm folds into the kernel before it. Works in strips of any length.
 */
export function scaleWeight(ref: WeightRef, factors: WeightRef, axis: number): WeightRef {
  const dim = ref.shape[axis];
  if (dim === undefined || factors.shape.length !== 1 || factors.shape[0] !== dim) {
    fail(
      "bad-shape",
      `Factors of shape ${formatShape(factors.shape)} do not fit axis ${axis} of ${formatShape(ref.shape)}.`,
    );
  }
  const inner = sizeOf(ref.shape.slice(axis + 1));
  return {
    id: `${ref.id}|scale(${axis};${factors.id})`,
    dtype: ref.dtype,
    shape: ref.shape,
    readInto(target, start) {
      ref.readInto(target, start);
      const scale = readFloat64(factors);
      let index = Math.floor(start / inner) % scale.length;
      let left = inner - (start % inner);
      for (let i = 0; i < target.length; i++) {
        target[i] = (target[i] ?? 0) * (scale[index] ?? 0);
        left--;
        if (left > 0) continue;
        left = inner;
        index = index + 1 === scale.length ? 0 : index + 1;
      }
    },
  };
}
