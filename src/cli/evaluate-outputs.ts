import type { Scored } from "../evaluate/index.ts";
import { makeThumbnails, type PictureFile } from "../io/pictures/index.ts";
import { type EvaluationReport, picturedSamples } from "../report/evaluation/evaluation-report.ts";
import { evaluationMarkdown } from "../report/evaluation/markdown.ts";
import { predictionsCsv, predictionTable } from "../report/evaluation/predictions-csv.ts";
import type { EvaluationRun } from "../report/evaluation-document.ts";
import { commandLine } from "./command-line.ts";
import { hashOf, hashOfFiles } from "./file-hash.ts";
import type { FlagReader } from "./flag-reader.ts";
import { version } from "./program.ts";
import type { TextOutput } from "./write-texts.ts";

/** An evaluation with all that its reports show. */
export interface Measured {
  readonly run: EvaluationRun;
  readonly scored: Scored;
  /** The samples, in their order. */
  readonly files: readonly PictureFile[];
  /** As it was given; `-` for the standard input. */
  readonly modelPath: string;
}

const FILES = ["report", "markdown", "csv"] as const;

/** Where the options want an evaluation written. */
export function evaluationPaths(flags: FlagReader): readonly (string | undefined)[] {
  return FILES.map((key) => flags.text(key));
}

/** The files that the options ask for; the page takes pictures and charts, and is made only where it is wanted. */
export async function evaluationOutputs(
  measured: Measured,
  flags: FlagReader,
  progress: (text: string) => void,
): Promise<readonly TextOutput[]> {
  const [page, markdown, csv] = evaluationPaths(flags);
  if (page === undefined && markdown === undefined && csv === undefined) return [];
  const report = reportOf(measured);
  return [
    { path: csv, text: () => predictionsCsv(predictionTable(report)) },
    { path: markdown, text: () => evaluationMarkdown(report) },
    ...(page === undefined ? [] : [await pageOutput(page, measured, report, progress)]),
  ];
}

async function pageOutput(
  path: string,
  { files }: Measured,
  report: EvaluationReport,
  progress: (text: string) => void,
): Promise<TextOutput> {
  progress("Drawing the report");
  const wanted = picturedSamples(report).flatMap((sample) => {
    const file = files[sample];
    return file === undefined ? [] : [[sample, file.path] as const];
  });
  const thumbnails = await makeThumbnails(new Map(wanted));
  const { drawCharts } = await import("../report/evaluation/charts.ts");
  const { evaluationHtml } = await import("../report/evaluation/html.ts");
  const charts = await drawCharts(report.evaluation);
  progress("");
  return { path, text: () => evaluationHtml({ ...report, thumbnails }, charts) };
}

function reportOf({ run, scored, files, modelPath }: Measured): EvaluationReport {
  const { evaluation, unused, tta } = run;
  const { name, why } = run.preprocessing;
  return {
    title: `${run.model} on ${run.data}`,
    evaluation,
    truth: scored.truth,
    scores: scored.scores,
    ...(tta === undefined ? {} : { views: tta }),
    names: files.map((file) => file.name),
    faults: unused.map(({ file, why: reason }) => ({ name: file, why: reason })),
    provenance: [
      ["Model", run.model],
      ...(modelPath === "-" ? [] : [["Model, SHA-256", hashOf(modelPath)] as const]),
      ["Pictures", `${files.length} in ${run.data}`],
      ["Pictures, SHA-256", hashOfFiles(files)],
      ["Preprocessing", why === undefined ? name : `${name}. ${why}`],
      ...(tta === undefined ? [] : [["Views", tta.name] as const]),
      ["Loss", `${run.loss.name}, ${run.loss.penalty} of it for the weights`],
      ["Backend", run.backend],
      ["Command", commandLine()],
      ["Program", `kc ${version()}, Node ${process.version}`],
    ],
    thumbnails: new Map(),
  };
}
