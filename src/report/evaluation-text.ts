import { classificationReport, type Evaluation } from "../evaluate/index.ts";
import type { EvaluationRun } from "./evaluation-document.ts";
import { alignedTable } from "./text-table.ts";

/** A confusion matrix of more classes does not fit a terminal; the most confused pairs stand for it. */
const MOST_COLUMNS = 12;
const FEW = 5;

/** What `kc evaluate` prints: figures, scikit-learn's report, the confusion matrix, and where the model errs. */
export function evaluationText(run: EvaluationRun): string {
  const { evaluation } = run;
  return [
    ...figures(run),
    "",
    classificationReport(evaluation.classes, evaluation.scores).trimEnd(),
    "",
    ...confusionLines(evaluation),
    ...mistakeLines(run),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

function figures({ evaluation, loss, tta, unused, emptyClasses }: EvaluationRun): string[] {
  const { samples, topK, rocAuc, calibration } = evaluation;
  const all = samples + unused.length;
  const penalty = loss.penalty === 0 ? "" : `, ${short(loss.penalty)} of it for the weights`;
  const value = evaluation.loss === undefined ? "not computed here" : short(evaluation.loss);
  const rows: string[][] = [
    ["pictures", `${samples} of ${all} used`],
    ["loss", `${value} (${loss.name}${penalty})`],
    ["accuracy", percent(evaluation.accuracy)],
  ];
  if (tta !== undefined) {
    const gain = (evaluation.accuracy - tta.plainAccuracy) * 100;
    const sign = gain < 0 ? "" : "+";
    rows.push([
      "without views",
      `${percent(tta.plainAccuracy)}, so ${tta.name} gives ${sign}${gain.toFixed(2)} points`,
    ]);
  }
  if (topK !== undefined) rows.push([`top-${topK.k}`, percent(topK.accuracy)]);
  rows.push(
    ["balanced accuracy", percent(evaluation.balancedAccuracy)],
    ["Cohen's kappa", short(evaluation.cohenKappa)],
    ["Matthews", short(evaluation.matthews)],
    [
      "ROC AUC",
      rocAuc.ovrMacro === undefined
        ? "needs every class"
        : `${short(rocAuc.ovrMacro)} (one against the rest, macro)`,
    ],
    ["calibration error", percent(calibration.expectedError)],
  );
  if (emptyClasses.length > 0) rows.push(["no pictures of", emptyClasses.join(", ")]);
  return [...alignedTable(rows, ["left", "left"])];
}

function confusionLines({ classes, confusion, confused }: Evaluation): readonly string[] {
  if (classes.length <= MOST_COLUMNS) {
    const head = ["true \\ predicted", ...classes];
    const rows = confusion.map((row, index) => [classes[index] ?? "", ...row.map(String)]);
    const right = classes.map(() => "right" as const);
    return [...alignedTable([head, ...rows], ["left", ...right]), ""];
  }
  const rows = confused
    .slice(0, 2 * FEW)
    .map(({ truth, predicted, count }) => [
      `${count} ×`,
      `${classes[truth]} taken for ${classes[predicted]}`,
    ]);
  return rows.length === 0 ? [] : ["most confused:", ...alignedTable(rows, ["right", "left"]), ""];
}

function mistakeLines({ evaluation, predictions }: EvaluationRun): readonly string[] {
  const { worst, classes } = evaluation;
  const rows = worst
    .slice(0, FEW)
    .map(({ sample, predicted, confidence, truth }) => [
      predictions[sample]?.file ?? "",
      `${classes[predicted]} ${percent(confidence)}`,
      `is ${classes[truth]}`,
    ]);
  return rows.length === 0 ? [] : ["most confident mistakes:", ...alignedTable(rows, [])];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}
