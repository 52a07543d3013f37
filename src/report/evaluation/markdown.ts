import { classificationReport } from "../../evaluate/index.ts";
import { type EvaluationReport, headlines, percent } from "./evaluation-report.ts";

/** A report as Markdown, for a pull request or a diary: figures, what is confused, the worst mistakes, where it comes from. */
export function evaluationMarkdown(report: EvaluationReport): string {
  const { evaluation, names } = report;
  const { classes, worst, confused } = evaluation;
  const name = (label: number) => classes[label] ?? "";
  return [
    `# ${cellText(report.title)}`,
    "",
    `${evaluation.samples} pictures, ${classes.length} classes${faultText(report)}.`,
    "",
    ...table(["", "", ""], headlines(report)),
    "",
    "## Most confused",
    "",
    ...table(
      ["true class", "said", "pictures", "of the true class"],
      confused.map(({ truth, predicted, count, share }) => [
        name(truth),
        name(predicted),
        String(count),
        percent(share),
      ]),
    ),
    "",
    "## Worst mistakes",
    "",
    ...table(
      ["picture", "true class", "said", "sure"],
      worst.map(({ sample, truth, predicted, confidence }) => [
        names[sample] ?? "",
        name(truth),
        name(predicted),
        percent(confidence),
      ]),
    ),
    "",
    "## Classes",
    "",
    ...fenced(classificationReport(classes, evaluation.scores, 4)),
    "",
    "## Where this comes from",
    "",
    ...table(["", ""], report.provenance),
    "",
  ].join("\n");
}

function faultText({ faults }: EvaluationReport): string {
  if (faults.length === 0) return "";
  return `; ${faults.length} ${faults.length === 1 ? "file" : "files"} could not be used and ${faults.length === 1 ? "is" : "are"} not counted`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return ["None."];
  const line = (cells: readonly string[]) => `| ${cells.map(cellText).join(" | ")} |`;
  return [line(heads), `|${heads.map(() => "---|").join("")}`, ...rows.map(line)];
}

/** A text that stays within its cell and is read as text. */
function cellText(text: string): string {
  return text.replace(/[\r\n]+/g, " ").replace(/[\\`*_{}[\]<>#|~&]/g, "\\$&");
}

/** A block of code that no line of the text can end. */
function fenced(text: string): readonly string[] {
  const fence = "`".repeat(
    Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)),
  );
  return [fence, text.trimEnd(), fence];
}
