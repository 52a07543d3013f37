import type { Place } from "../errors.ts";
import type { WeightStatistics } from "../weights/statistics.ts";
import type { Findings } from "./finding.ts";

/** What an array is for, as far as that makes its numbers right or wrong. */
export interface NumbersUse {
  /** A variance, which is never negative. */
  readonly variance: boolean;
  /** A kernel or table, which is never all zeros when it was trained. */
  readonly kernel: boolean;
  /** State of an optimizer, with which the model does not compute. */
  readonly optimizer: boolean;
  /** Floating-point numbers, which half precision may not reach. */
  readonly float: boolean;
}

/** Judges the numbers of one array. */
export function judgeNumbers(
  at: Place,
  { min, max, nans, infinities, zeros }: WeightStatistics,
  { variance, kernel, optimizer, float }: NumbersUse,
  findings: Findings,
): void {
  if (nans + infinities > 0) {
    const what = [
      ...(nans > 0 ? [`${nans} NaN`] : []),
      ...(infinities > 0 ? [`${infinities} infinite`] : []),
    ].join(" and ");
    const rule = optimizer ? "weights/optimizer-not-finite" : "weights/not-finite";
    findings.add(rule, at, `It holds ${what}.`);
  }
  if (min === null || max === null || optimizer) return;
  if (min < 0 && variance) {
    findings.add("weights/negative-variance", at, `Its smallest number is ${shown(min)}.`);
  }
  if (min === 0 && max === 0 && zeros > 1 && kernel) {
    findings.add("weights/all-zero", at, `All of its ${zeros} numbers are 0.`);
  }
  const largest = Math.max(max, -min);
  if (largest > LARGEST_HALF && float) {
    findings.add("weights/half-range", at, `It holds ${shown(max > -min ? max : min)}.`);
  }
}

const LARGEST_HALF = 65504;

function shown(value: number): string {
  return String(Number(value.toPrecision(6)));
}
