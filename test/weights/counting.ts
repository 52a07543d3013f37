import { sizeOf, type WeightRef } from "../../src/ir/tensor.ts";

/** A weight holding 0, 1, 2, …, which counts the numbers that were read. */
export function countingWeight(...shape: number[]): {
  readonly ref: WeightRef;
  readonly read: () => number;
} {
  let count = 0;
  const size = sizeOf(shape);
  const ref: WeightRef = {
    id: `w(${shape.join(",")})`,
    dtype: "float32",
    shape,
    readInto(target, start) {
      if (start < 0 || start + target.length > size) throw new RangeError(`${start} of ${size}`);
      count += target.length;
      for (let i = 0; i < target.length; i++) target[i] = start + i;
    },
  };
  return { ref, read: () => count };
}

/** Reads a whole weight in strips of a given length. */
export function readStrips(ref: WeightRef, strip: number): readonly number[] {
  const numbers: number[] = [];
  const size = sizeOf(ref.shape);
  for (let start = 0; start < size; start += strip) {
    const target = new Float32Array(Math.min(strip, size - start));
    ref.readInto(target, start);
    for (const value of target) numbers.push(value);
  }
  return numbers;
}
