/**
 * Measures a classifier from plain arrays: scores and the true classes. Equal to scikit-learn where it has the measure, the
 * losses to Keras.
 * @module
 */
export { balancedAccuracy, cohenKappa, matthewsCorrelation } from "./agreement.ts";
export { type Calibration, type CalibrationBin, calibrationOf } from "./calibration.ts";
export { type ClassScore, type ClassScores, classScores } from "./class-scores.ts";
export { classificationReport } from "./classification-report.ts";
export {
  type ConfusedPair,
  type ConfusionMatrix,
  confusionMatrix,
  mostConfused,
  normalizeByTrue,
} from "./confusion.ts";
export { type Evaluation, type EvaluationOptions, evaluateScores } from "./evaluation.ts";
export {
  binaryCrossEntropy,
  brierScore,
  type Clipping,
  categoricalCrossEntropy,
  type LossOptions,
  logLoss,
  meanAbsoluteError,
  meanSquaredError,
  sparseCategoricalCrossEntropy,
} from "./losses.ts";
export { type Mistake, worstMistakes } from "./mistakes.ts";
export {
  type Averaging,
  averagePrecision,
  averagePrecisionPerClass,
  binaryRocAuc,
  rocAuc,
  rocAucPerClass,
} from "./ranking.ts";
export { hingeTargets } from "./row-losses/hinges.ts";
export { hasClassTargets, plainLossName } from "./row-losses/loss-names.ts";
export type { RowLoss, RowLossOptions } from "./row-losses/row-loss.ts";
export { rowLoss, rowLossNames } from "./row-losses/row-losses.ts";
export {
  checkScored,
  predictedClasses,
  type Scored,
  scoresOfSigmoid,
  supportOf,
  topKAccuracy,
} from "./scored.ts";
