import type { NumericArray, WeightRef } from "../ir/tensor.ts";

/** The weight rounded to half precision, still readable as numbers; `encodeHalf` then loses nothing. */
export function castFloat16(ref: WeightRef): WeightRef {
  return {
    id: `${ref.id}|float16`,
    dtype: "float16",
    shape: ref.shape,
    readInto(target, start) {
      const piece = pieceFor(ref, target);
      ref.readInto(piece, start);
      for (let i = 0; i < piece.length; i++) target[i] = fromHalfBits(toHalfBits(piece[i] ?? 0));
    },
  };
}

/** Rounds numbers to IEEE 754 half precision, to nearest, ties to even; beyond 65504 to infinity. */
export function encodeHalf(source: NumericArray, target: Uint16Array): void {
  for (let i = 0; i < target.length; i++) target[i] = toHalfBits(source[i] ?? 0);
}

/** Numbers of half-precision bit patterns, exactly. */
export function decodeHalf(source: Uint16Array, target: NumericArray): void {
  for (let i = 0; i < source.length; i++) target[i] = fromHalfBits(source[i] ?? 0);
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

/** The number a half-precision bit pattern stands for. */
export function fromHalfBits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
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

/** Where to read to before rounding: float64 weights must not be rounded to float32 on the way. */
function pieceFor(ref: WeightRef, target: NumericArray): NumericArray {
  const wide = ref.dtype === "float64" && target instanceof Float32Array;
  return wide ? new Float64Array(target.length) : target;
}
