import type { Tensor } from "./tensor.ts";

/** The nearest half precision numbers, ties to even; beyond 65504 infinity. */
export function roundToHalf(tensor: Tensor): Tensor {
  const data = tensor.data.slice();
  const bits = new Uint32Array(data.buffer);
  for (let index = 0; index < data.length; index++) {
    const value = data[index] ?? 0;
    if (value === 0 || !Number.isFinite(value)) continue;
    const size = Math.abs(value);
    if (size < SMALLEST_NORMAL) {
      // Adding and taking away 2^-24 * 1.5 * 2^52 rounds to whole steps of 2^-24.
      data[index] = value + SUBNORMAL_SHIFT - SUBNORMAL_SHIFT;
      continue;
    }
    const word = bits[index] ?? 0;
    // Half has 10 bits of fraction where single precision has 23.
    bits[index] = (word + 0xfff + ((word >>> 13) & 1)) & ~0x1fff;
    if (Math.abs(data[index] ?? 0) > LARGEST_HALF)
      data[index] = Math.sign(value) * Number.POSITIVE_INFINITY;
  }
  return { shape: tensor.shape, data };
}

const SMALLEST_NORMAL = 2 ** -14;
const SUBNORMAL_SHIFT = 1.5 * 2 ** 28;
const LARGEST_HALF = 65504;
