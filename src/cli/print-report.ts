import { basename } from "node:path";
import { formatDiagnostic } from "../errors.ts";
import type { Dim } from "../ir/tensor.ts";
import { memorySize } from "../report/readable.ts";
import type { ConversionReport, PictureReport } from "./conversion-report.ts";
import type { Terminal } from "./terminal.ts";
import { printVerification } from "./verify-report.ts";

/** Tells what a conversion made: one JSON document on the standard output, or a summary on the standard error. */
export function printReport(
  report: ConversionReport,
  options: { readonly json: boolean; readonly quiet: boolean },
  terminal: Terminal,
): void {
  if (options.json) {
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return;
  }
  if (!options.quiet) {
    for (const line of summaryLines(report)) terminal.say(line);
    for (const warning of report.warnings) {
      terminal.say(`${terminal.yellow("warning:")} ${formatDiagnostic(warning)}`);
    }
  }
  if (report.verification !== undefined) {
    printVerification(report.verification, options, terminal);
  }
}

/** The summary, without colours. */
function summaryLines(report: ConversionReport): readonly string[] {
  const { model, output, bytes, milliseconds, inputs, outputs } = report;
  const keras = [
    model.format === "coreml" ? "Core ML" : "Keras",
    model.keras,
    model.backend && `on ${model.backend}`,
  ];
  const made = output === "-" ? "the standard output" : basename(output);
  const width = Math.max(...[...inputs, ...outputs].map(({ name }) => name.length));
  return [
    `${model.file} (${keras.filter((word) => word !== "").join(" ")}) → ${made}, ${memorySize(bytes, "B")} in ${(milliseconds / 1000).toFixed(2)} s`,
    ...inputs.map((input) => {
      const picture = report.preprocessing.find((entry) => entry.input === input.name);
      return `  in   ${input.name.padEnd(width)}  ${picture ? pictureText(input.shape, picture) : arrayText(input.shape)}`;
    }),
    ...outputs.map((result) => `  out  ${result.name.padEnd(width)}  ${outputText(result)}`),
    `  ${formatCount(report.layers, "layer")}, ${formatCount(report.parameters, "parameter")}, ${report.format}`,
    ...report.preprocessing.flatMap(({ preset, why }) =>
      why === undefined ? [] : [`  --preprocess auto chose ${preset}: ${why}`],
    ),
  ];
}

function outputText(output: ConversionReport["outputs"][number]): string {
  if (output.type === "label") return `the best of ${output.classes} labels`;
  return output.type === "probabilities" ? "probabilities by label" : arrayText(output.shape);
}

function arrayText(shape: readonly Dim[]): string {
  return `array ${shape.map(dimText).join(" × ")}`;
}

/** `picture 224 × 224, RGB; pixel × 0.00784314 − 1`, colour by colour where these differ. */
function pictureText(
  [, height = null, width = null]: readonly Dim[],
  picture: PictureReport,
): string {
  const { colors, scale, bias } = picture;
  const steps = scale.map((factor, color) => stepText(factor, bias[color] ?? 0));
  const same = new Set(steps).size === 1;
  const named = steps.map((step, color) => `${["red", "green", "blue"][color]}${step}`);
  const [step = ""] = steps;
  const pixels = same
    ? step === ""
      ? "pixels as they are, 0 to 255"
      : `pixel${step}`
    : named.join(", ");
  return `picture ${dimText(width)} × ${dimText(height)}, ${colors}; ${pixels}`;
}

function stepText(scale: number, bias: number): string {
  const factor = scale === 1 ? "" : ` × ${shortNumber(scale)}`;
  if (bias === 0) return factor;
  return `${factor} ${bias < 0 ? "−" : "+"} ${shortNumber(Math.abs(bias))}`;
}

function dimText(dim: Dim): string {
  return dim === null ? "?" : String(dim);
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function formatCount(count: number, what: string): string {
  const digits = String(count).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${digits} ${what}${count === 1 ? "" : "s"}`;
}
