import { basename } from "node:path";
import { type Diagnostic, exitCodeOf, formatDiagnostic } from "../errors.ts";
import type { Comparison, OutputComparison } from "../verify/compare/index.ts";
import { inFlagWords } from "./flag-words.ts";
import type { Terminal } from "./terminal.ts";
import type { ExpectedPictures } from "./verify-pictures.ts";

/** What a verification found; `--json` prints exactly this. */
export interface VerificationReport {
  readonly ok: boolean;
  readonly exitCode: number;
  readonly model: string;
  /** The Core ML file. */
  readonly coreML?: string;
  /** The file of another target, and what ran it. */
  readonly written?: string;
  readonly backend?: string;
  readonly samples: number;
  readonly tolerance: number;
  readonly half: boolean;
  readonly outputs: Comparison["outputs"];
  /** The first layer that differs. */
  readonly divergence?: Comparison["divergence"];
  /** The sample on which it was found. */
  readonly worst?: string;
  /** What is wrong with the labels. */
  readonly labels?: string;
  /** How pictures were prepared for Keras. */
  readonly preprocessing?: { readonly name: string; readonly why?: string };
  readonly warnings: readonly Diagnostic[];
  readonly milliseconds: number;
}

/** Everything that a report is made of. */
export interface Verification {
  readonly names: readonly [keras: string, coreML: string];
  readonly comparison: Comparison;
  readonly labelFault: string | undefined;
  /** Undefined where no input takes a picture. */
  readonly pictures: ExpectedPictures | undefined;
  readonly milliseconds: number;
}

/** Gathers the report of a verification. */
export function verificationReport(verification: Verification): VerificationReport {
  const { names, comparison, labelFault, pictures, milliseconds } = verification;
  const { divergence, worst, ...figures } = comparison;
  const ok = comparison.ok && labelFault === undefined;
  const [model, coreML] = names;
  return {
    ...figures,
    ok,
    exitCode: ok ? 0 : exitCodeOf("verification"),
    model,
    coreML: basename(coreML),
    ...(divergence === undefined ? {} : { divergence }),
    ...(worst === undefined ? {} : { worst }),
    ...(labelFault === undefined ? {} : { labels: labelFault }),
    ...(pictures === undefined ? {} : { preprocessing: saidOf(pictures) }),
    warnings: pictures?.warnings ?? [],
    milliseconds: Math.round(milliseconds),
  };
}

/** Tells a verification: one JSON document on the standard output, or a summary on the standard error. */
export function printVerification(
  report: VerificationReport,
  options: { readonly json: boolean; readonly quiet: boolean },
  terminal: Terminal,
): void {
  const warnings = report.warnings.map(inFlagWords);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ ...report, warnings }, null, 2)}\n`);
    return;
  }
  if (!options.quiet) for (const line of verificationLines(report)) terminal.say(line);
  for (const fault of faultLines(report)) {
    terminal.say(`${terminal.bold(terminal.red("different:"))} ${fault}`);
  }
  if (options.quiet) return;
  if (report.ok) terminal.say(terminal.green("equal"));
  for (const warning of warnings) {
    terminal.say(`${terminal.yellow("warning:")} ${formatDiagnostic(warning)}`);
  }
}

/** The figures, without colours. */
function verificationLines(report: VerificationReport): readonly string[] {
  const { model, coreML, written = coreML, samples, milliseconds, preprocessing, outputs } = report;
  const width = Math.max(...outputs.map(({ name }) => name.length));
  const seconds = (milliseconds / 1000).toFixed(2);
  const half = report.half ? ", rounded to float16" : "";
  return [
    `${model} ↔ ${written}, ${samples} ${samples === 1 ? "input" : "inputs"}${half}, ${seconds} s`,
    ...(report.backend === undefined ? [] : [`  run by ${report.backend}`]),
    ...(preprocessing === undefined ? [] : [pictureLine(preprocessing)]),
    ...outputs.map((output) => `  out  ${output.name.padEnd(width)}  ${figures(output, samples)}`),
    `  allowed: ${short(report.tolerance)} of an output's largest number`,
  ];
}

function pictureLine({ name, why }: NonNullable<VerificationReport["preprocessing"]>): string {
  return `  pictures prepared for Keras: ${name}${why === undefined ? "" : ` (${why})`}`;
}

function figures(output: OutputComparison, samples: number): string {
  const { absolute, relative, cosine, top1, top5 } = output;
  const scores = [
    top1 === undefined ? [] : [`top-1 ${top1}/${samples}`],
    top5 === undefined ? [] : [`top-5 ${top5}/${samples}`],
  ].flat();
  const parts = [
    `largest difference ${short(absolute)} (${short(relative)} of the largest number)`,
    `cosine ${cosine.toFixed(6)}`,
    ...scores,
  ];
  return parts.join(", ");
}

/** What is wrong, one fact a line. */
function faultLines(report: VerificationReport): readonly string[] {
  const { divergence, labels, worst = "" } = report;
  const facts = labels === undefined ? [] : [labels];
  if (divergence === undefined) {
    return report.ok || labels !== undefined ? facts : [`An output differs, most on ${worst}.`];
  }
  const { layer, className, relative } = divergence;
  const where = `${short(relative)} of its largest number, on ${worst}`;
  if (className === undefined) {
    return [
      ...facts,
      `The input "${layer}" enters the two models differently (${where}): scale, bias or order of colours.`,
    ];
  }
  return [...facts, `The first layer that differs is "${layer}" (${className}), by ${where}.`];
}

function saidOf({ name, why }: ExpectedPictures): { readonly name: string; readonly why?: string } {
  return why === undefined ? { name } : { name, why };
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
