import { join } from "node:path";
import { type Evaluation, evaluateScores, scoresOfSigmoid } from "../evaluate/index.ts";
import { type Scalar, scalarsRecord, versionRecord } from "../formats/tensorboard/events.ts";
import { appendBytes } from "../io/append.ts";
import { writeOutput } from "../io/node.ts";
import type { TrainingReport } from "../report/training/training-report.ts";
import type { Callback } from "../train/callback.ts";
import { generationOf } from "../train/keras-generation.ts";
import { csvLoggerCallback } from "../train/run-callbacks/csv-logger.ts";
import { tensorBoardCallback } from "../train/run-callbacks/tensorboard.ts";
import type { ScoredData } from "../train/score-data.ts";
import { commandLine } from "./command-line.ts";
import { hashOf } from "./file-hash.ts";
import type { FlagReader } from "./flag-reader.ts";
import { version } from "./program.ts";
import { writeOrWarn } from "./write-or-warn.ts";
import { checkTexts, type TextOutput } from "./write-texts.ts";

/** Refuses files of logs and reports that cannot be written, before any work; a resumed run replaces its own. */
export function checkLogs(flags: FlagReader): void {
  const force = flags.has("force");
  checkTexts([flags.text("curves"), flags.text("report")], force);
  checkTexts([flags.text("csvLog")], force || flags.has("resume"));
}

/** What writes down each epoch as it ends: `--csv-log`, `--tensorboard`; for a model of a version of Keras. A full disk is told and no more. */
export function logCallbacks(
  flags: FlagReader,
  kerasVersion: string,
  warn: (text: string) => void,
): readonly Callback[] {
  const [csv, folder] = [flags.text("csvLog"), flags.text("tensorboard")];
  const { kind } = generationOf(kerasVersion);
  return [
    ...(csv === undefined
      ? []
      : [
          csvLoggerCallback({
            generation: kind,
            write: (text) => writeOrWarn(warn, () => writeText(csv, text)),
          }),
        ]),
    ...(folder === undefined ? [] : [tensorBoardCallback(eventWriter(folder, warn))]),
  ];
}

/** What is made of a run when it is over. */
export interface RunToReport {
  readonly history: TrainingReport["epochs"];
  /** The validation pictures by the trained model. */
  readonly validated: ScoredData | undefined;
  readonly classes: readonly string[];
  readonly seconds: number;
  readonly model: { readonly name: string; readonly path?: string };
  readonly facts: TrainingReport["provenance"];
  readonly faults: TrainingReport["faults"];
}

/** The files that `--curves` and `--report` ask for. */
export async function runReports(
  run: RunToReport,
  flags: FlagReader,
): Promise<readonly TextOutput[]> {
  const [svgPath, pagePath] = [flags.text("curves"), flags.text("report")];
  if (svgPath === undefined && pagePath === undefined) return [];
  const { drawCurves, standaloneCurves } = await import("../report/training/curves.ts");
  const curves = await drawCurves(run.history);
  const { trainingHtml } = await import("../report/training/html.ts");
  return [
    { path: svgPath, text: () => standaloneCurves(curves) },
    { path: pagePath, text: () => trainingHtml(reportOf(run), curves) },
  ];
}

function reportOf({
  history,
  validated,
  classes,
  seconds,
  model,
  ...run
}: RunToReport): TrainingReport {
  return {
    title: `Training of ${model.name}`,
    epochs: history,
    validation: validated === undefined ? undefined : evaluationOf(validated, classes),
    seconds,
    faults: run.faults,
    provenance: [
      ["Model", model.name],
      ...(model.path === undefined || model.path === "-"
        ? []
        : [["Model, SHA-256", hashOf(model.path)] as const]),
      ...run.facts,
      ["Command", commandLine()],
      ["Program", `kc ${version()}, Node ${process.version}`],
    ],
  };
}

function evaluationOf(
  { outputs, width, truth }: ScoredData,
  classes: readonly string[],
): Evaluation {
  return evaluateScores({
    classes,
    truth,
    scores: width === 1 ? scoresOfSigmoid(outputs) : outputs,
  });
}

function writeText(path: string, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  return writeOutput(path, { byteLength: bytes.length, chunks: () => [bytes] }, { force: true });
}

/** Files of events named after the moment and the process, so that a run that goes on never writes into an older one. */
function eventWriter(
  folder: string,
  warn: (text: string) => void,
): Parameters<typeof tensorBoardCallback>[0] {
  const opened = new Set<string>();
  const begun = Math.floor(Date.now() / 1000);
  return ({ run, step, scalars }: { run: string; step: number; scalars: readonly Scalar[] }) => {
    const path = join(folder, run, `events.out.tfevents.${begun}.kc.${process.pid}.0.v2`);
    const seconds = Date.now() / 1000;
    void writeOrWarn(warn, () => {
      if (!opened.has(path)) appendBytes(path, versionRecord(seconds));
      opened.add(path);
      appendBytes(path, scalarsRecord(seconds, step, scalars));
    });
  };
}
