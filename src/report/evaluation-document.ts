import type { Evaluation } from "../evaluate/index.ts";
import type { Prediction } from "./predictions.ts";

/** Everything that an evaluation found, beside what it was made from. */
export interface EvaluationRun {
  readonly evaluation: Evaluation;
  /** In the order of the files; the samples of the evaluation. */
  readonly predictions: readonly Prediction[];
  readonly model: string;
  readonly data: string;
  readonly backend: string;
  readonly preprocessing: { readonly name: string; readonly why?: string };
  /** Keras' name of the loss, and what regularizers add to it. */
  readonly loss: { readonly name: string; readonly penalty: number };
  /** Test-time augmentation, and the accuracy without it. */
  readonly tta?: { readonly name: string; readonly plainAccuracy: number };
  readonly unused: readonly { readonly file: string; readonly why: string }[];
  readonly emptyClasses: readonly string[];
  readonly seconds: number;
}

/** What `kc evaluate --json` prints. */
export function evaluationDocument(run: EvaluationRun) {
  const { evaluation, predictions, tta, loss, ...about } = run;
  const { classes, confusion, accuracy } = evaluation;
  return {
    model: about.model,
    data: about.data,
    backend: about.backend,
    preprocessing: about.preprocessing,
    images: evaluation.samples,
    loss: evaluation.loss ?? null,
    lossName: loss.name,
    penalty: loss.penalty,
    accuracy,
    ...(evaluation.topK === undefined ? {} : { topK: evaluation.topK }),
    ...(tta === undefined ? {} : { tta: { ...tta, accuracy, gain: accuracy - tta.plainAccuracy } }),
    classes,
    confusionMatrix: confusion,
    ...scoresByClass(evaluation),
    balancedAccuracy: evaluation.balancedAccuracy,
    cohenKappa: evaluation.cohenKappa,
    matthews: evaluation.matthews,
    logLoss: evaluation.logLoss,
    brier: evaluation.brier,
    rocAuc: evaluation.rocAuc,
    averagePrecision: evaluation.averagePrecision,
    calibration: evaluation.calibration,
    ...mistakes(evaluation, predictions),
    predictions,
    unused: about.unused,
    emptyClasses: about.emptyClasses,
    seconds: about.seconds,
  };
}

function scoresByClass({ classes, scores, rocAuc, averagePrecision }: Evaluation) {
  return {
    perClass: scores.perClass.map((score, index) => ({
      label: classes[index],
      ...score,
      rocAuc: rocAuc.perClass[index] ?? null,
      averagePrecision: averagePrecision.perClass[index] ?? null,
    })),
    micro: scores.micro,
    macro: scores.macro,
    weighted: scores.weighted,
  };
}

function mistakes({ classes, confused, worst }: Evaluation, predictions: readonly Prediction[]) {
  return {
    mostConfused: confused.map(({ truth, predicted, ...rest }) => ({
      label: classes[truth],
      predicted: classes[predicted],
      ...rest,
    })),
    worst: worst.map(({ sample, truth, predicted, ...rest }) => ({
      file: predictions[sample]?.file,
      label: classes[truth],
      predicted: classes[predicted],
      ...rest,
    })),
  };
}
