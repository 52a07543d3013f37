/** The number that the 16 bits of an IEEE 754 half-precision float stand for. */
export function fromFloat16(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The number that the 16 bits of a bfloat16 stand for: the upper half of a float32. */
export function fromBfloat16(bits: number): number {
  SCRATCH.setUint32(0, bits * 65536);
  return SCRATCH.getFloat32(0);
}

/** The number that the 8 bits of an E5M2 float stand for: the upper half of a half-precision float. */
export function fromFloat8E5M2(bits: number): number {
  return fromFloat16(bits * 256);
}

/** The number that the 8 bits of an E4M3FN float stand for: no infinities, and only one NaN of each sign. */
export function fromFloat8E4M3(bits: number): number {
  if ((bits & 0x7f) === 0x7f) return Number.NaN;
  const sign = bits & 0x80 ? -1 : 1;
  const exponent = (bits >> 3) & 15;
  const fraction = bits & 7;
  if (exponent === 0) return sign * fraction * 2 ** -9;
  return sign * (8 + fraction) * 2 ** (exponent - 10);
}

const SCRATCH = new DataView(new ArrayBuffer(4));
