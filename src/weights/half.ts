import type { NumericArray } from "../ir/tensor.ts";

/** Rounds numbers to IEEE 754 half precision, to nearest, ties to even; beyond 65504 to infinity. */
export function encodeHalf(source: NumericArray, target: Uint16Array): void {
  for (let i = 0; i < target.length; i++) target[i] = toHalfBits(source[i] ?? 0);
}

/** Bit pattern of the half-precision number nearest to any number. */
export function toHalfBits(value: number): number {
  single[0] = value;
  const bits = bitsOf(value);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude >= 0x47800000) return sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00);
  if (magnitude >= 0x38800000) {
    // Adding just under half a unit, and one more when the kept part is odd, rounds ties to even.
    return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  }
  if (magnitude < 0x33000000) return sign;
  const shift = 126 - (magnitude >>> 23);
  const mantissa = (magnitude & 0x7fffff) | 0x800000;
  const kept = mantissa >>> shift;
  const rest = mantissa & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return sign | (kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0));
}

const single = new Float32Array(1);
const word = new Uint32Array(single.buffer);

/**
 * Float32 bits of a number. One that float32 cannot hold is rounded towards zero with its last bit set
 * ("to odd"), so that a second rounding to half gives what rounding once would.
 */
function bitsOf(value: number): number {
  const nearest = single[0] ?? 0;
  const bits = word[0] ?? 0;
  if (nearest === value || Number.isNaN(value)) return bits;
  return (Math.abs(nearest) > Math.abs(value) ? bits - 1 : bits) | 1;
}
