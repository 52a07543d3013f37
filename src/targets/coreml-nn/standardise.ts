import type { NodeWriter } from "./emission.ts";
import type { Reduction } from "./reduce.ts";
import { ADD, atLeast, linear, MULTIPLY, unary } from "./steps.ts";

/** How a sample is normalised by its own statistics. */
export interface Standardisation {
  readonly axis: Reduction["axis"];
  readonly epsilon: number;
  /** Without the mean: `x / sqrt(mean(x²) + epsilon)`. */
  readonly rms: boolean;
}

/** The two factors whose product is `(x - mean) / sqrt(variance + epsilon)`. */
export function standardise(
  w: NodeWriter,
  x: string,
  { axis, epsilon, rms }: Standardisation,
): readonly [string, string] {
  const mean = { reduce: { mode: "AVG", axis } } as const;
  const centred = rms
    ? x
    : w.step("centred", ADD, x, w.step("minus_mean", linear(-1), w.step("mean", mean, x)));
  const variance = w.step("variance", mean, w.step("square", MULTIPLY, centred, centred));
  return [centred, w.step("inverse", unary("POWER", { alpha: -0.5, shift: epsilon }), variance)];
}

/** `max(sum(x²), 1e-12) ** -0.5`: what makes x a unit vector. */
export function inverseNorm(
  w: NodeWriter,
  x: string,
  axis: Reduction["axis"],
  prefix = "unit",
): string {
  const sum = w.step(`${prefix}_sum`, { reduce: { mode: "SUMSQUARE", axis } }, x);
  const floor = w.step(`${prefix}_floor`, atLeast(1e-12), sum);
  return w.step(`${prefix}_inverse`, unary("POWER", { alpha: -0.5 }), floor);
}
