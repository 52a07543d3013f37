import { sizeOf, type WeightRef } from "../ir/tensor.ts";

/** What the numbers of an array are like. All but the counts are of its finite numbers; null when there are none. */
export interface WeightStatistics {
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** Of the whole population. */
  readonly std: number | null;
  readonly zeros: number;
  readonly nans: number;
  readonly infinities: number;
}

/** Reads an array once, strip by strip: memory does not grow with it. */
export function statisticsOf(weight: Pick<WeightRef, "shape" | "readInto">): WeightStatistics {
  const size = sizeOf(weight.shape);
  const buffer = new Float64Array(Math.min(size, STRIP));
  const sums: Sums = { count: 0, mean: 0, squares: 0, min: Infinity, max: -Infinity };
  const counts = { zeros: 0, nans: 0, infinities: 0 };
  for (let start = 0; start < size; start += STRIP) {
    const strip = buffer.subarray(0, Math.min(STRIP, size - start));
    weight.readInto(strip, start);
    addStrip(strip, sums, counts);
  }
  const { count, mean, squares, min, max } = sums;
  if (count === 0) return { min: null, max: null, mean: null, std: null, ...counts };
  return { min, max, mean, std: Math.sqrt(squares / count), ...counts };
}

const STRIP = 1 << 16;

interface Sums {
  count: number;
  mean: number;
  /** Sum of squared distances from the mean. */
  squares: number;
  min: number;
  max: number;
}

/** Adds a strip by its own mean, which keeps the error small. */
function addStrip(
  strip: Float64Array,
  sums: Sums,
  counts: { zeros: number; nans: number; infinities: number },
): void {
  let count = 0;
  let total = 0;
  for (const value of strip) {
    if (!Number.isFinite(value)) {
      if (Number.isNaN(value)) counts.nans++;
      else counts.infinities++;
      continue;
    }
    if (value === 0) counts.zeros++;
    if (value < sums.min) sums.min = value;
    if (value > sums.max) sums.max = value;
    count++;
    total += value;
  }
  if (count === 0) return;
  const mean = total / count;
  let squares = 0;
  for (const value of strip) {
    if (Number.isFinite(value)) squares += (value - mean) ** 2;
  }
  const all = sums.count + count;
  const shift = mean - sums.mean;
  sums.squares += squares + (shift ** 2 * sums.count * count) / all;
  sums.mean += (shift * count) / all;
  sums.count = all;
}
