import { sizeOf } from "../ir/tensor.ts";
import type { DiffWeight } from "./side.ts";

/** How two arrays of one shape differ. */
export interface WeightChange {
  /** The largest difference. */
  readonly largest: number;
  /** The same as a share of the largest number of the first array; null when that holds zeros only. */
  readonly relative: number | null;
  /** Of the differences without their signs. */
  readonly mean: number;
  /** Of the angle between both; 1 when they point the same way. */
  readonly cosine: number;
  /** How many numbers differ. */
  readonly count: number;
}

/** Compares two arrays of one shape in strips, so that memory does not grow with them; undefined when all bits agree. */
export function compareWeights(
  a: DiffWeight["ref"],
  b: DiffWeight["ref"],
): WeightChange | undefined {
  const size = sizeOf(a.shape);
  const [left, right] = [
    new Float64Array(Math.min(size, STRIP)),
    new Float64Array(Math.min(size, STRIP)),
  ];
  const sums = { count: 0, largest: 0, total: 0, scale: 0, dot: 0, squaresA: 0, squaresB: 0 };
  for (let start = 0; start < size; start += STRIP) {
    const length = Math.min(STRIP, size - start);
    const [x, y] = [left.subarray(0, length), right.subarray(0, length)];
    a.readInto(x, start);
    b.readInto(y, start);
    addStrip(x, y, sums);
  }
  if (sums.count === 0) return undefined;
  const { count, largest, total, scale, dot, squaresA, squaresB } = sums;
  const lengths = Math.sqrt(squaresA) * Math.sqrt(squaresB);
  return {
    largest,
    relative: scale === 0 ? null : largest / scale,
    mean: total / size,
    cosine: lengths === 0 ? 0 : Math.max(-1, Math.min(1, dot / lengths)),
    count,
  };
}

const STRIP = 1 << 16;

interface Sums {
  count: number;
  largest: number;
  total: number;
  scale: number;
  dot: number;
  squaresA: number;
  squaresB: number;
}

/** Zeros of either sign are two numbers; two NaN are one. */
function addStrip(x: Float64Array, y: Float64Array, sums: Sums): void {
  for (let at = 0; at < x.length; at++) {
    const [a = 0, b = 0] = [x[at], y[at]];
    sums.dot += a * b;
    sums.squaresA += a * a;
    sums.squaresB += b * b;
    sums.scale = Math.max(sums.scale, Math.abs(a));
    if (Object.is(a, b)) continue;
    const apart = Math.abs(a - b);
    sums.count++;
    sums.total += apart;
    sums.largest = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : Math.max(sums.largest, apart);
  }
}
