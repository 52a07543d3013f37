import { generationOf } from "./keras-generation.ts";

/** What a batch normalisation measured in one step. */
export interface Measured {
  readonly mean: Float32Array;
  /** Biased. */
  readonly variance: Float32Array;
  /** Numbers of each channel. */
  readonly count: number;
  readonly rank: number;
  /** Of the channels. */
  readonly axis: number;
  readonly epsilon: number;
}

/** The two moving statistics of one layer, changed in place. */
export interface MovingPair {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  readonly momentum: number;
  /** What zero-debiased averages hide from the file. */
  readonly hidden: HiddenAverages;
}

/** Sums that start at zero with the run. */
export interface HiddenAverages {
  steps: number;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

/** How a generation of Keras averages. */
export interface AveragingWay {
  /** Whether stored numbers are forgotten at the first step: stand-alone Keras 2.1 and 2.2. */
  readonly zeroDebias: boolean;
  /** Whether pictures, or volumes too, go through TensorFlow's fused kernel, which gives `n / (n − 1)` of the variance. */
  readonly fused: false | "pictures" | "volumes";
  /** Whether Keras itself makes the variance larger: stand-alone Keras 2.2 and 2.3. */
  readonly corrected: boolean;
}

/**
 * How the Keras of a version averages batch statistics.
 * @see keras/layers/normalization.py and backend `moving_average_update` (1.2.2, 2.0.8, 2.1.3, 2.2.4, 2.3.1); keras/src/layers/normalization/batch_normalization.py (2.15, 3)
 */
export function averagingWay(version: string): AveragingWay {
  const { kind, major, minor } = generationOf(version);
  if (kind === "keras-3") return { zeroDebias: false, fused: false, corrected: false };
  if (kind === "tensorflow") {
    const fused = minor >= 6 && !version.endsWith("-tf") ? "volumes" : "pictures";
    return { zeroDebias: false, fused, corrected: false };
  }
  const since = (least: number): boolean => major === 2 && minor >= least;
  return { zeroDebias: since(1) && !since(3), fused: since(1) && "pictures", corrected: since(2) };
}

/** One step of the moving averages. */
export function average(moving: MovingPair, measured: Measured, way: AveragingWay): void {
  const { hidden } = moving;
  hidden.steps++;
  const factor = varianceFactor(measured, way);
  const variance = measured.variance.map((value) => value * factor);
  const keep = Math.fround(1 - moving.momentum);
  if (!way.zeroDebias) {
    towards(moving.mean, measured.mean, keep);
    towards(moving.variance, variance, keep);
    return;
  }
  const share = Math.fround(1 - moving.momentum ** hidden.steps);
  for (const [stored, sum, value] of [
    [moving.mean, hidden.mean, measured.mean],
    [moving.variance, hidden.variance, variance],
  ] as const) {
    towards(sum, value, keep);
    sum.forEach((part, i) => {
      stored[i] = part / share;
    });
  }
}

function varianceFactor(measured: Measured, way: AveragingWay): number {
  const { count, epsilon } = measured;
  const fused = isFused(measured, way) && count > 1 ? count / (count - 1) : 1;
  return fused * (way.corrected ? count / (count - (1 + epsilon)) : 1);
}

/** The kernel takes volumes with channels first or last. @see `build` in keras/src/layers/normalization/batch_normalization.py (2.6, 2.15) */
function isFused({ rank, axis }: Measured, { fused }: AveragingWay): boolean {
  if (rank === 4) return fused !== false;
  return rank === 5 && fused === "volumes" && (axis === 1 || axis === 4);
}

function towards(average: Float32Array, value: Float32Array, step: number): void {
  for (let i = 0; i < average.length; i++) {
    const before = average[i] ?? 0;
    average[i] = before - Math.fround(Math.fround(before - (value[i] ?? 0)) * step);
  }
}
