import { predictedClasses, type Scored, scoreAt } from "./scored.ts";

/** Predictions of about the same confidence. */
export interface CalibrationBin {
  /** Confidences above this one (the first bin: from 0 on). */
  readonly above: number;
  /** Up to this one. */
  readonly upTo: number;
  readonly count: number;
  /** Mean of the highest scores; undefined in an empty bin. */
  readonly confidence: number | undefined;
  /** Share that was right; undefined in an empty bin. */
  readonly accuracy: number | undefined;
}

/** Whether a model is as often right as it says. */
export interface Calibration {
  readonly bins: readonly CalibrationBin[];
  /** Expected calibration error: mean distance of confidence and accuracy, by the samples of each bin (Guo et al. 2017). */
  readonly expectedError: number;
  /** The largest of these distances. */
  readonly largestError: number;
  /** Mean confidence less accuracy: above zero, the model is too sure of itself. */
  readonly overconfidence: number;
}

/** Calibration of the highest score of each sample over bins of equal width. */
export function calibrationOf(scored: Scored, numBins = 15): Calibration {
  const { classes, truth, scores } = scored;
  const totals = Array.from({ length: numBins }, () => ({ count: 0, confidence: 0, right: 0 }));
  predictedClasses(scored).forEach((label, sample) => {
    const confidence = scoreAt(scores, sample, classes.length, label);
    const bin = totals[binOf(confidence, numBins)];
    if (bin === undefined) return;
    bin.count += 1;
    bin.confidence += confidence;
    if (label === truth[sample]) bin.right += 1;
  });
  const gaps = totals.map(({ count, confidence, right }) =>
    count === 0 ? 0 : Math.abs(confidence - right) / count,
  );
  const all = (pick: (bin: { count: number; confidence: number; right: number }) => number) =>
    totals.reduce((sum, bin) => sum + pick(bin), 0);
  return {
    bins: totals.map(({ count, confidence, right }, i) => ({
      above: i / numBins,
      upTo: (i + 1) / numBins,
      count,
      confidence: count === 0 ? undefined : confidence / count,
      accuracy: count === 0 ? undefined : right / count,
    })),
    expectedError: all(({ confidence, right }) => Math.abs(confidence - right)) / truth.length,
    largestError: Math.max(...gaps),
    overconfidence: all(({ confidence, right }) => confidence - right) / truth.length,
  };
}

/** A confidence on an edge belongs to the bin below, as in scikit-learn's `calibration_curve`. */
function binOf(confidence: number, numBins: number): number {
  let bin = 0;
  while (bin < numBins - 1 && confidence > (bin + 1) / numBins) bin += 1;
  return bin;
}
