import type { EvaluationReport } from "./evaluation-report.ts";

/** What a table of predictions holds; without `truth` for pictures of unknown class. */
export interface PredictionTable {
  readonly classes: readonly string[];
  readonly names: readonly string[];
  readonly truth?: ArrayLike<number> | undefined;
  readonly predicted: ArrayLike<number>;
  readonly scores: ArrayLike<number>;
}

/** The rows of a report. */
export function predictionTable(report: EvaluationReport): PredictionTable {
  const { evaluation, names, truth, scores } = report;
  return { classes: evaluation.classes, names, truth, predicted: evaluation.predicted, scores };
}

/** One line for each picture (RFC 4180): file, true class, class predicted, whether it is right, and every score. */
export function predictionsCsv(table: PredictionTable): string {
  const { classes, names, truth, predicted, scores } = table;
  const heads =
    truth === undefined ? ["file", "predicted"] : ["file", "label", "predicted", "correct"];
  const lines = names.map((name, sample) => {
    const own = truth?.[sample];
    const said = predicted[sample] ?? 0;
    const row = scoresOf(scores, sample, classes.length);
    const known = own === undefined ? [] : [text(classes[own] ?? "")];
    const right = own === undefined ? [] : [String(own === said)];
    return [text(name), ...known, text(classes[said] ?? ""), ...right, ...row].join(",");
  });
  return `${[[...heads, ...classes.map(text)].join(","), ...lines].join("\r\n")}\r\n`;
}

/** Float32 numbers with as many digits as tell them apart. */
function scoresOf(scores: ArrayLike<number>, sample: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, c) =>
    String(Number((scores[sample * count + c] ?? 0).toPrecision(9))),
  );
}

/** Quoted where it must be; a spreadsheet must not take a name for a formula. */
function text(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
