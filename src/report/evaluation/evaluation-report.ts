import type { Evaluation } from "../../evaluate/index.ts";

/** What a report of an evaluation says. */
export interface EvaluationReport {
  /** Of the model. */
  readonly title: string;
  readonly evaluation: Evaluation;
  /** The true class of each sample. */
  readonly truth: ArrayLike<number>;
  /** One score for each class, sample by sample. */
  readonly scores: ArrayLike<number>;
  /** Test-time augmentation that the scores are the means of, and how good the pictures alone were. */
  readonly views?: { readonly name: string; readonly plainAccuracy: number };
  /** What each sample is called: the name of its file. */
  readonly names: readonly string[];
  /** Files that could not be used, and why. */
  readonly faults: readonly { readonly name: string; readonly why: string }[];
  /** Where all this comes from: hashes of model and data, the command, versions; shown as given. */
  readonly provenance: readonly (readonly [what: string, value: string])[];
  /** Small pictures as `data:image/…` URIs, by sample; see `picturedSamples` for those that are shown. */
  readonly thumbnails: ReadonlyMap<number, string>;
}

/** How many pictures a report holds at most: those of the mistakes first. */
export interface PictureLimits {
  /** Of each two classes that are confused; 12 by default. */
  readonly perMistake?: number;
  /** Of what was right, of each class; 4 by default. */
  readonly perHit?: number;
  /** In all; 600 by default. */
  readonly total?: number;
}

/** The headline figures, in order: what each is called, its value, and what it means. */
export function headlines({
  evaluation,
  views,
}: Pick<EvaluationReport, "evaluation" | "views">): readonly (readonly [
  name: string,
  value: string,
  meaning: string,
])[] {
  const { accuracy, loss, topK, scores, calibration, rocAuc } = evaluation;
  const all: readonly (readonly [string, string | undefined, string])[] = [
    ["Accuracy", percent(accuracy), "of all pictures are right"],
    [
      "Gain by views",
      views && points(accuracy - views.plainAccuracy),
      `points by ${views?.name}; ${percent(views?.plainAccuracy ?? 0)} without`,
    ],
    [
      topK === undefined ? "Top" : `Top ${topK.k}`,
      topK && percent(topK.accuracy),
      "have the right class among the best",
    ],
    ["Loss", loss?.toFixed(4), "as Keras computes it"],
    ["Balanced accuracy", percent(evaluation.balancedAccuracy), "mean recall of the classes"],
    ["Macro F1", scores.macro.f1.toFixed(4), "mean of the classes"],
    ["Cohen's kappa", number(evaluation.cohenKappa), "agreement beyond chance"],
    ["Matthews", number(evaluation.matthews), "correlation, -1 to 1"],
    ["ROC-AUC", rocAuc.ovrMacro?.toFixed(4), "each class against all others"],
    ["Log loss", evaluation.logLoss.toFixed(4), "surprise, less is better"],
    ["Calibration error", percent(calibration.expectedError), "confidence against accuracy"],
  ];
  return all.flatMap(([name, value, meaning]) =>
    value === undefined ? [] : [[name, value, meaning] as const],
  );
}

/** `+1.25` */
function points(share: number): string {
  return `${share < 0 ? "-" : "+"}${(Math.abs(share) * 100).toFixed(2)}`;
}

/** `87.29 %` */
export function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

/** The samples of each cell of the confusion matrix that has any, the most confident first. */
export function samplesByCell({
  evaluation,
  truth,
  scores,
}: Pick<EvaluationReport, "evaluation" | "truth" | "scores">): ReadonlyMap<
  string,
  readonly number[]
> {
  const numClasses = evaluation.classes.length;
  const cells = new Map<string, number[]>();
  evaluation.predicted.forEach((predicted, sample) => {
    const key = cellKey(truth[sample] ?? 0, predicted);
    const cell = cells.get(key);
    if (cell === undefined) cells.set(key, [sample]);
    else cell.push(sample);
  });
  const confidence = (sample: number) =>
    scores[sample * numClasses + (evaluation.predicted[sample] ?? 0)] ?? 0;
  for (const cell of cells.values()) cell.sort((a, b) => confidence(b) - confidence(a));
  return cells;
}

/** The name of a cell of the confusion matrix. */
export function cellKey(truth: number, predicted: number): string {
  return `${truth},${predicted}`;
}

/** The samples whose pictures a report shows: the worst mistakes, then some of every cell of the confusion matrix. */
export function picturedSamples(
  report: Pick<EvaluationReport, "evaluation" | "truth" | "scores">,
  { perMistake = 12, perHit = 4, total = 600 }: PictureLimits = {},
): readonly number[] {
  const chosen = new Set(report.evaluation.worst.map(({ sample }) => sample));
  const cells = [...samplesByCell(report)].map(([key, samples]) => {
    const [truth, predicted] = key.split(",");
    return { isHit: truth === predicted, samples };
  });
  for (const isHit of [false, true]) {
    const most = isHit ? perHit : perMistake;
    for (const cell of cells.filter((item) => item.isHit === isHit)) {
      for (const sample of cell.samples.slice(0, most)) chosen.add(sample);
    }
  }
  return [...chosen].slice(0, total);
}

function number(value: number): string | undefined {
  return Number.isNaN(value) ? undefined : value.toFixed(4);
}
