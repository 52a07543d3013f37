import { readFloat64, type WeightRef } from "../../ir/tensor.ts";
import type { Tensor } from "./tensor.ts";

/** A weight with its numbers. */
export function load(ref: WeightRef): Tensor {
  return { shape: ref.shape, data: readFloat64(ref) };
}

/** A vector that may be absent: then `size` times `fallback`. */
export function loadOr(ref: WeightRef | undefined, size: number, fallback: number): Float64Array {
  return ref === undefined ? new Float64Array(size).fill(fallback) : readFloat64(ref);
}
