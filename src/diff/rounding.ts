import { sizeOf } from "../ir/tensor.ts";
import type { DiffWeight } from "./side.ts";
import type { WeightChange } from "./weight-change.ts";

/**
 * How two arrays that differ are still the same numbers in another form: computed in another order, in half
 * precision, quantised. Undefined when they are other numbers.
 */
export function roundingOf(
  a: DiffWeight,
  b: DiffWeight,
  { largest }: WeightChange,
): string | undefined {
  if (a.computed === true && b.computed === true && largest <= COMPUTED * sizeOfNumbers(a)) {
    return "rewritten";
  }
  const bits = b.bits ?? a.bits;
  const exact = b.bits === undefined ? b : a;
  if (bits !== undefined && (a.bits ?? b.bits) === bits) {
    const { low, high } = largestIn(exact.ref);
    // A linear scale may leave out what is far from all others, but not so far.
    return largest <= (high - low) / (2 ** bits - 1) ? `quantised to ${bits} bits` : undefined;
  }
  if (a.ref.dtype === b.ref.dtype || ![a.ref.dtype, b.ref.dtype].includes("float16"))
    return undefined;
  return isRounded(a.ref, b.ref) ? "in half precision" : undefined;
}

/** Whether an array is all zeros, so that it may be left out. */
export function isZero(ref: DiffWeight["ref"]): boolean {
  const { low, high } = largestIn(ref);
  return low === 0 && high === 0;
}

function sizeOfNumbers({ ref }: DiffWeight): number {
  const { low, high } = largestIn(ref);
  return Math.max(1, Math.abs(low), Math.abs(high));
}

/** Of the largest number. Files have float32, of which a few are multiplied. */
const COMPUTED = 1e-5;

/** Half precision has 11 binary digits, and no steps below 2⁻²⁴. */
function isRounded(a: DiffWeight["ref"], b: DiffWeight["ref"]): boolean {
  let sound = true;
  inStrips(a, b, (x, y) => {
    for (let at = 0; at < x.length; at++) {
      const [left = 0, right = 0] = [x[at], y[at]];
      const step = Math.max(Math.abs(left) * 2 ** -11, 2 ** -25);
      if (!(Math.abs(left - right) <= step * 1.001)) sound = false;
    }
  });
  return sound;
}

function largestIn(ref: DiffWeight["ref"]): { readonly low: number; readonly high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  inStrips(ref, ref, (x) => {
    for (const value of x) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  });
  return { low, high };
}

function inStrips(
  a: DiffWeight["ref"],
  b: DiffWeight["ref"],
  visit: (x: Float64Array, y: Float64Array) => void,
): void {
  const size = sizeOf(a.shape);
  for (let start = 0; start < size; start += STRIP) {
    const length = Math.min(STRIP, size - start);
    const [x, y] = [new Float64Array(length), new Float64Array(length)];
    a.readInto(x, start);
    b.readInto(y, start);
    visit(x, y);
  }
}

const STRIP = 1 << 16;
