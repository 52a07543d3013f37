/** A filter of Pillow: its weight at a distance, and how far it reaches. Distances in pixels of the smaller picture. */
export interface Filter {
  readonly reach: number;
  readonly weight: (distance: number) => number;
}

/** Pillow's filters that average, by Keras' names. @see libImaging/Resample.c */
export const FILTERS = {
  box: { reach: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { reach: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  hamming: { reach: 1, weight: hamming },
  bicubic: { reach: 2, weight: bicubic },
  lanczos: { reach: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
} as const satisfies Readonly<Record<string, Filter>>;

/** Which source pixels make one target pixel, for every target pixel of a row or column. */
export interface Taps {
  /** The first source pixel of each. */
  readonly starts: Int32Array;
  /** How many of each. */
  readonly counts: Int32Array;
  /** `stride` weights for each, as whole numbers: 2^22 is 1. */
  readonly weights: Int32Array;
  readonly stride: number;
}

/** Bits behind the point of a weight: 32, without 8 of the pixel and 2 for sums beyond it. */
export const PRECISION = 22;

/**
 * The weights of `size` target pixels over the source pixels from `from` to `to` (they may be fractions) of a row of
 * `sourceSize`; going down, the filter is as much wider. @see libImaging/Resample.c `precompute_coeffs`
 */
export function tapsOf(
  { reach, weight }: Filter,
  sourceSize: number,
  from: number,
  to: number,
  size: number,
): Taps {
  const scale = (to - from) / size;
  const wide = Math.max(scale, 1);
  const support = reach * wide;
  const stride = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(size);
  const counts = new Int32Array(size);
  const weights = new Int32Array(size * stride);
  const exact = new Float64Array(stride);
  for (let i = 0; i < size; i++) {
    const center = from + (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const count = Math.min(sourceSize, Math.trunc(center + support + 0.5)) - start;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      // As Pillow multiplies: a division by `wide` would round differently.
      const value = weight((k + start - center + 0.5) * (1 / wide));
      exact[k] = value;
      sum += value;
    }
    for (let k = 0; k < count; k++) {
      const share = sum === 0 ? (exact[k] ?? 0) : (exact[k] ?? 0) / sum;
      weights[i * stride + k] = Math.trunc(share * 2 ** PRECISION + (share < 0 ? -0.5 : 0.5));
    }
    starts[i] = start;
    counts[i] = count;
  }
  return { starts, counts, weights, stride };
}

function hamming(distance: number): number {
  const x = Math.abs(distance);
  if (x === 0) return 1;
  if (x >= 1) return 0;
  const angle = x * Math.PI;
  return (Math.sin(angle) / angle) * (0.54 + 0.46 * Math.cos(angle));
}

function bicubic(distance: number): number {
  const a = -0.5;
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

function sinc(x: number): number {
  if (x === 0) return 1;
  const angle = x * Math.PI;
  return Math.sin(angle) / angle;
}
