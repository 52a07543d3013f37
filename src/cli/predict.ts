import { fail } from "../errors.ts";
import { listPictures } from "../io/pictures/index.ts";
import type { PictureFault } from "../io/pictures/picture-set.ts";
import { probabilitiesOf, warnOfScores } from "../predict/probabilities.ts";
import { type PredictionTable, predictionsCsv } from "../report/evaluation/predictions-csv.ts";
import {
  type Prediction,
  predictionLines,
  predictionsOf,
  topClasses,
} from "../report/predictions.ts";
import { loadClassLabels } from "./class-labels.ts";
import { type RawFlags, readFlags } from "./flag-reader.ts";
import { type OpenedClassifier, openClassifier, sizeFlag, wholeAbove0 } from "./open-classifier.ts";
import {
  introduce,
  PICTURE_FAULT,
  type PictureRun,
  runPictures,
  sayFaults,
  sayWarnings,
  viewPlanOf,
} from "./picture-run.ts";
import { openTerminal } from "./terminal.ts";
import { checkTexts, writeTexts } from "./write-texts.ts";

/** Runs `kc predict`. Throws `KcError`; the exit code is 3 when a picture could not be used, else 0. */
export async function predict(
  model: string,
  paths: readonly string[],
  raw: RawFlags,
): Promise<number> {
  const flags = readFlags(raw);
  const top = wholeAbove0(flags, "top") ?? 5;
  const csv = flags.text("csv");
  const [json, quiet, force] = [flags.has("json"), flags.has("quiet"), flags.has("force")];
  if (json && csv === "-")
    fail("bad-option", "--json and --csv - both print to the standard output.");
  const plan = viewPlanOf(flags);
  sizeFlag(flags);
  const given = flags.text("classLabels");
  const labels = given === undefined ? undefined : loadClassLabels("--class-labels", given);
  checkTexts([csv], force);
  const pictures = await listPictures(paths);
  const opened = await openClassifier(model, flags, "predict");
  try {
    const terminal = openTerminal();
    const tell = !quiet && !json;
    if (tell) introduce(opened, terminal);
    const classes = classesOf(opened, labels?.map(String));
    const run = await runPictures(opened, pictures.files, flags, {
      plan,
      progress: (text) => {
        if (tell) terminal.progress(text);
      },
    });
    const faults = [...pictures.faults, ...run.faults];
    const predictions = predictionsFor(run, opened, classes);
    const doubts = warnOfScores(predictions.flatMap(({ probabilities }) => probabilities));
    if (json) {
      const document = documentOf({ opened, classes, predictions, faults, top });
      const warnings = [...opened.warnings, ...doubts];
      const text = JSON.stringify({ ...document, warnings, seconds: run.seconds }, null, 2);
      process.stdout.write(`${text}\n`);
    } else if (csv !== "-") {
      const lines = predictions.flatMap((one) => predictionLines(one, classes, top));
      process.stdout.write(lines.map((line) => `${line}\n`).join(""));
    }
    const table = { path: csv, text: () => predictionsCsv(tableOf(predictions, classes)) };
    await writeTexts([table], { force, quiet }, terminal);
    if (!json) sayWarnings(doubts, terminal);
    if (!json) sayFaults(faults, terminal);
    return faults.length === 0 ? 0 : PICTURE_FAULT;
  } finally {
    await opened.close();
  }
}

function predictionsFor(
  { files, scores, outputs }: PictureRun,
  { graph, output }: OpenedClassifier,
  classes: readonly string[],
): readonly Prediction[] {
  const logits = graph?.training?.lossSettings?.[output]?.fromLogits === true;
  const named = files.map(({ name }) => ({ name }));
  return predictionsOf(named, probabilitiesOf(scores, outputs, logits), classes);
}

function tableOf(predictions: readonly Prediction[], classes: readonly string[]): PredictionTable {
  return {
    classes,
    names: predictions.map(({ file }) => file),
    predicted: predictions.map(({ predicted }) => classes.indexOf(predicted)),
    scores: predictions.flatMap(({ probabilities }) => probabilities),
  };
}

/** What `--json` prints. */
function documentOf(found: {
  readonly opened: OpenedClassifier;
  readonly classes: readonly string[];
  readonly predictions: readonly Prediction[];
  readonly faults: readonly PictureFault[];
  readonly top: number;
}) {
  const { opened, classes, predictions, faults, top } = found;
  return {
    ok: faults.length === 0,
    model: opened.name,
    backend: opened.backend,
    preprocessing: opened.preprocessing,
    classes,
    pictures: predictions.map(({ file, predicted, probabilities }) => ({
      file,
      predicted,
      top: topClasses(probabilities, classes, top),
      probabilities,
    })),
    unused: faults.map(({ name, why }) => ({ file: name, why })),
  };
}

/** Names of the classes, by number where nobody says them. Throws `bad-option` when they are not as many as the scores. */
function classesOf(
  { classifier, labels }: OpenedClassifier,
  given: readonly string[] | undefined,
): readonly string[] {
  const count = Math.max(2, classifier.outputs);
  const classes = given ?? labels ?? Array.from({ length: count }, (_, index) => String(index));
  if (classes.length === count) return classes;
  const scores =
    classifier.outputs === 1 ? "one score, which is for two" : `${classifier.outputs} scores`;
  return fail(
    "bad-option",
    `There are ${classes.length} class labels, but the model gives ${scores}.`,
  );
}
