import type { Tensor } from "./tensor.ts";

/** Little-endian IEEE half precision numbers as float32; nothing is rounded. */
export function halfToFloat32(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(bytes.byteLength >> 1);
  for (let index = 0; index < values.length; index++) {
    values[index] = fromHalf(view.getUint16(index * 2, true));
  }
  return values;
}

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

/** 1 sign bit, 5 of exponent (bias 15), 10 of fraction. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
