import { balancedAccuracy, cohenKappa, matthewsCorrelation } from "./agreement.ts";
import { type Calibration, calibrationOf } from "./calibration.ts";
import { type ClassScores, classScores } from "./class-scores.ts";
import {
  type ConfusedPair,
  type ConfusionMatrix,
  confusionMatrix,
  mostConfused,
} from "./confusion.ts";
import { brierScore, logLoss } from "./losses.ts";
import { type Mistake, worstMistakes } from "./mistakes.ts";
import { averageOf, averagePrecisionPerClass, rocAuc, rocAucPerClass } from "./ranking.ts";
import { checkScored, predictedClasses, type Scored, supportOf, topKAccuracy } from "./scored.ts";

/** What to measure. */
export interface EvaluationOptions {
  /** The loss as Keras computes it, where the model says which: see `losses.ts`. */
  readonly loss?: number;
  /** 5 by default, fewer where there are fewer classes. */
  readonly topK?: number;
  /** 15 by default. */
  readonly calibrationBins?: number;
  /** How many mistakes are listed; 24 by default. */
  readonly worst?: number;
}

/** All that can be said of a classifier's predictions; plain data. */
export interface Evaluation {
  readonly classes: readonly string[];
  readonly samples: number;
  readonly loss: number | undefined;
  readonly accuracy: number;
  readonly topK: { readonly k: number; readonly accuracy: number } | undefined;
  readonly predicted: readonly number[];
  /** Rows are true classes. */
  readonly confusion: ConfusionMatrix;
  readonly scores: ClassScores;
  readonly balancedAccuracy: number;
  readonly cohenKappa: number;
  readonly matthews: number;
  readonly logLoss: number;
  readonly brier: number;
  /** Undefined where a class has no samples. */
  readonly rocAuc: {
    readonly perClass: readonly (number | undefined)[];
    readonly ovrMacro: number | undefined;
    readonly ovrWeighted: number | undefined;
    readonly ovoMacro: number | undefined;
    readonly ovoWeighted: number | undefined;
  };
  readonly averagePrecision: {
    readonly perClass: readonly (number | undefined)[];
    readonly macro: number | undefined;
  };
  readonly calibration: Calibration;
  readonly confused: readonly ConfusedPair[];
  readonly worst: readonly Mistake[];
}

/** Measures everything. Throws `bad-shape` where scores, classes and truth do not fit each other, `bad-weights` for NaN. */
export function evaluateScores(given: Scored, options: EvaluationOptions = {}): Evaluation {
  const scored = checkScored(given);
  const { classes, truth } = scored;
  const predicted = predictedClasses(scored);
  const confusion = confusionMatrix(truth, predicted, classes.length);
  const scores = classScores(confusion);
  const k = options.topK ?? 5;
  const precisions = averagePrecisionPerClass(scored);
  return {
    classes,
    samples: truth.length,
    loss: options.loss,
    accuracy: scores.micro.recall,
    topK: classes.length > k ? { k, accuracy: topKAccuracy(scored, k) } : undefined,
    predicted: [...predicted],
    confusion,
    scores,
    balancedAccuracy: balancedAccuracy(confusion),
    cohenKappa: cohenKappa(confusion),
    matthews: matthewsCorrelation(confusion),
    logLoss: logLoss(scored),
    brier: brierScore(scored),
    rocAuc: {
      perClass: rocAucPerClass(scored),
      ovrMacro: rocAuc(scored, "ovr", "macro"),
      ovrWeighted: rocAuc(scored, "ovr", "weighted"),
      ovoMacro: rocAuc(scored, "ovo", "macro"),
      ovoWeighted: rocAuc(scored, "ovo", "weighted"),
    },
    averagePrecision: {
      perClass: precisions,
      macro: averageOf(precisions, supportOf(scored), "macro"),
    },
    calibration: calibrationOf(scored, options.calibrationBins),
    confused: mostConfused(confusion),
    worst: worstMistakes(scored, options.worst),
  };
}
