import type { NumericArray, WeightRef } from "../ir/tensor.ts";

/** Equally long, equally spaced pieces of a weight, in elements. */
export interface Runs {
  readonly start: number;
  readonly length: number;
  readonly count: number;
  /** From the start of one run to the start of the next. */
  readonly stride: number;
}

/** Reads all runs, one after the other without gaps, into `target` from `at` on. */
export function readRuns(ref: WeightRef, runs: Runs, target: NumericArray, at: number): void {
  const { start, length, count, stride } = runs;
  if (count === 0 || length === 0) return;
  if (length === stride || count === 1) {
    ref.readInto(target.subarray(at, at + length * count), start);
  } else if (stride <= WIDEST_GAP) {
    readWithGaps(ref, runs, target, at);
  } else {
    for (let run = 0; run < count; run++) {
      const from = at + run * length;
      ref.readInto(target.subarray(from, from + length), start + run * stride);
    }
  }
}

/** An empty array of the same type as `like`. */
export function emptyLike(like: NumericArray, length: number): NumericArray {
  return like instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
}

/** Up to this stride, reading the gaps too costs less than one file read (measured: 1 µs) per run. */
const WIDEST_GAP = 2048;

/** Elements read at once by `readWithGaps`. */
const PIECE = 1 << 16;

function readWithGaps(ref: WeightRef, runs: Runs, target: NumericArray, at: number): void {
  const { start, length, count, stride } = runs;
  const perPiece = Math.max(1, Math.floor(PIECE / stride));
  const piece = emptyLike(target, Math.min(perPiece, count) * stride);
  let to = at;
  for (let first = 0; first < count; first += perPiece) {
    const here = Math.min(perPiece, count - first);
    // The last run may end with the weight: nothing is read behind it.
    const used = piece.subarray(0, (here - 1) * stride + length);
    ref.readInto(used, start + first * stride);
    for (let run = 0; run < here; run++) {
      const from = run * stride;
      for (let i = 0; i < length; i++) target[to + i] = used[from + i] ?? 0;
      to += length;
    }
  }
}
