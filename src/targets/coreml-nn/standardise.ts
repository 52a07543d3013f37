import type { NodeWriter } from "./emission.ts";
import type { Reduction } from "./reduce.ts";
import { ADD, linear, MULTIPLY, unary } from "./steps.ts";

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
