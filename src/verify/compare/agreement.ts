/** How far two lists of numbers are apart. */
export interface Difference {
  /** The largest difference. */
  readonly absolute: number;
  /** The largest difference as a share of the largest expected number. */
  readonly relative: number;
  /** Of the angle between both lists; 1 when they point the same way. */
  readonly cosine: number;
}

/** Compares numbers; two NaN, or equal infinities, are equal. */
export function difference(expected: ArrayLike<number>, actual: ArrayLike<number>): Difference {
  let absolute = 0;
  let largest = 0;
  let dot = 0;
  let lengthA = 0;
  let lengthB = 0;
  for (let i = 0; i < expected.length; i++) {
    const a = expected[i] ?? Number.NaN;
    const b = actual[i] ?? Number.NaN;
    if (!Number.isFinite(a) || !Number.isFinite(b)) {
      if (!Object.is(a, b)) absolute = Number.POSITIVE_INFINITY;
      continue;
    }
    absolute = Math.max(absolute, Math.abs(a - b));
    largest = Math.max(largest, Math.abs(a));
    dot += a * b;
    lengthA += a * a;
    lengthB += b * b;
  }
  const lengths = Math.sqrt(lengthA) * Math.sqrt(lengthB);
  const cosine = lengths === 0 ? (lengthA === lengthB ? 1 : 0) : Math.min(1, dot / lengths);
  return { absolute, relative: absolute / Math.max(largest, SMALLEST), cosine };
}

/** Indices of the `count` largest numbers, the largest first; of equal ones the first. */
export function topIndices(values: ArrayLike<number>, count: number): readonly number[] {
  const indices = Array.from({ length: values.length }, (_, index) => index);
  return indices.sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b).slice(0, count);
}

/** Where all expected numbers are smaller, their differences are taken as shares of this. */
const SMALLEST = 1e-6;
