import { statSync } from "node:fs";
import { fail } from "../errors.ts";
import { evaluateScores, predictedClasses, type Scored } from "../evaluate/index.ts";
import { listClassFolder, readPictureList } from "../io/pictures/index.ts";
import type { PictureSet } from "../io/pictures/picture-set.ts";
import { type KerasLoss, kerasLoss } from "../predict/keras-loss.ts";
import { probabilitiesOf, warnOfScores } from "../predict/probabilities.ts";
import { type EvaluationRun, evaluationDocument } from "../report/evaluation-document.ts";
import { evaluationText } from "../report/evaluation-text.ts";
import { predictionsOf } from "../report/predictions.ts";
import { loadClassLabels } from "./class-labels.ts";
import { evaluationOutputs, evaluationPaths, type Measured } from "./evaluate-outputs.ts";
import { type FlagReader, type RawFlags, readFlags } from "./flag-reader.ts";
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
import { openTerminal, type Terminal } from "./terminal.ts";
import { checkTexts, writeTexts } from "./write-texts.ts";

/** Runs `kc evaluate`. Throws `KcError`; the exit code is 3 when a picture could not be used, else 0. */
export async function evaluate(model: string, data: string, raw: RawFlags): Promise<number> {
  const flags = readFlags(raw);
  const [json, quiet, force] = [flags.has("json"), flags.has("quiet"), flags.has("force")];
  const paths = evaluationPaths(flags);
  const printed = paths.filter((path) => path === "-").length + (json ? 1 : 0);
  if (printed > 1) fail("bad-option", "Only one result can go to the standard output.");
  checkTexts(paths, force);
  viewPlanOf(flags);
  sizeFlag(flags);
  const opened = await openClassifier(model, flags, "evaluate");
  try {
    const terminal = openTerminal();
    const pictures = labelledPictures(data, labelsFor(opened, flags));
    checkClasses(pictures.classes, opened);
    if (!quiet && !json) introduce(opened, terminal);
    const progress = (text: string): void => {
      if (!quiet && !json) terminal.progress(text);
    };
    const measured = await measure({ modelPath: model, data, opened, pictures }, flags, progress);
    const { run } = measured;
    const doubts = warnOfScores(measured.scored.scores);
    if (json) {
      const document = { ok: run.unused.length === 0, ...evaluationDocument(run) };
      const warnings = [...opened.warnings, ...(opened.graph?.penalties?.others ?? []), ...doubts];
      process.stdout.write(`${JSON.stringify({ ...document, warnings }, null, 2)}\n`);
    } else if (printed === 0) process.stdout.write(evaluationText(run));
    const outputs = await evaluationOutputs(measured, flags, progress);
    await writeTexts(outputs, { force, quiet: quiet || json }, terminal);
    if (!json) sayWarnings(doubts, terminal);
    if (!json) tellFaults(run, opened, terminal);
    return run.unused.length === 0 ? 0 : PICTURE_FAULT;
  } finally {
    await opened.close();
  }
}

/** What is measured, and on what. */
interface Subject {
  readonly modelPath: string;
  readonly data: string;
  readonly opened: OpenedClassifier;
  readonly pictures: PictureSet;
}

async function measure(
  { modelPath, data, opened, pictures }: Subject,
  flags: FlagReader,
  progress: (text: string) => void,
): Promise<Measured> {
  const plan = viewPlanOf(flags);
  const plain = await runPictures(opened, pictures.files, flags, { progress });
  const viewed = plan && (await runPictures(opened, pictures.files, flags, { plan, progress }));
  const run = viewed ?? plain;
  const { activities } = plain;
  const shown = activities === undefined ? run : { ...run, activities };
  const { scored, loss } = scoredOf(shown, opened, pictures.classes);
  const topK = wholeAbove0(flags, "top");
  const evaluation = evaluateScores(scored, {
    ...(loss.value === undefined ? {} : { loss: loss.value }),
    ...(topK === undefined ? {} : { topK }),
  });
  const faults = [...pictures.faults, ...plain.faults];
  const tta = plan && {
    name: plan.name,
    plainAccuracy: accuracyOf(plain, opened, pictures.classes),
  };
  return {
    run: {
      evaluation,
      predictions: predictionsOf(run.files, scored.scores, pictures.classes),
      model: opened.name,
      data,
      backend: opened.backend,
      preprocessing: opened.preprocessing,
      loss: { name: loss.name, penalty: loss.penalty },
      ...(tta === undefined ? {} : { tta }),
      unused: faults.map(({ name, why }) => ({ file: name, why })),
      emptyClasses: pictures.emptyClasses,
      seconds: plain.seconds + (viewed?.seconds ?? 0),
    },
    scored,
    files: run.files,
    modelPath,
  };
}

function scoredOf(
  { files, scores, logits, activities, outputs }: PictureRun,
  { graph, output }: OpenedClassifier,
  classes: readonly string[],
): { readonly scored: Scored; readonly loss: KerasLoss } {
  if (files.length === 0) {
    fail("bad-option", "None of the pictures can be used.", {
      hint: "kc predict says what is wrong with each.",
    });
  }
  const areLogits = graph?.training?.lossSettings?.[output]?.fromLogits === true;
  const known = areLogits ? scores : logits;
  const scored = {
    classes,
    truth: files.map(({ label = 0 }) => label),
    scores: probabilitiesOf(scores, outputs, areLogits),
  };
  const samples = {
    scored,
    output,
    outputCount: outputs,
    ...(known === undefined ? {} : { logits: known }),
    ...(activities === undefined ? {} : { activities }),
  };
  return { scored, loss: kerasLoss(graph, samples) };
}

function accuracyOf(run: PictureRun, opened: OpenedClassifier, classes: readonly string[]): number {
  const { scored } = scoredOf(run, opened, classes);
  const predicted = predictedClasses(scored);
  return predicted.filter((label, at) => label === scored.truth[at]).length / predicted.length;
}

/** What the user says, or what a Core ML classifier says itself. */
function labelsFor({ labels }: OpenedClassifier, flags: FlagReader): readonly string[] | undefined {
  const given = flags.text("classLabels");
  return given === undefined ? labels : loadClassLabels("--class-labels", given).map(String);
}

function labelledPictures(data: string, labels: readonly string[] | undefined): PictureSet {
  const isFile = statSync(data, { throwIfNoEntry: false })?.isFile() === true;
  const wanted = labels === undefined ? {} : { labels };
  const pictures = isFile ? readPictureList(data, labels) : listClassFolder(data, wanted);
  if (pictures.classes.length > 0) return pictures;
  return fail("bad-option", `The pictures of ${data} have no labels.`, {
    hint: "Write behind each name a tab and its label.",
  });
}

/** Throws `bad-option` when the model tells other classes apart than there are. */
function checkClasses(classes: readonly string[], { classifier }: OpenedClassifier): void {
  const told = Math.max(2, classifier.outputs);
  if (classes.length === told) return;
  fail(
    "bad-option",
    `The model tells ${told} classes apart, but there are ${classes.length}: ${classes
      .slice(0, 8)
      .map((name) => `"${name}"`)
      .join(", ")}${classes.length > 8 ? ", …" : ""}.`,
    { hint: "Say all classes in the model's order: --class-labels labels.txt" },
  );
}

function tellFaults(run: EvaluationRun, { graph }: OpenedClassifier, terminal: Terminal): void {
  sayWarnings(graph?.penalties?.others ?? [], terminal);
  sayFaults(
    run.unused.map(({ file, why }) => ({ name: file, path: file, why })),
    terminal,
  );
}
