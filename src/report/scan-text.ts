import { formatDiagnostic, type Place } from "../errors.ts";
import { counted } from "./readable.ts";

/** One finding of a scan, as it is shown. */
export interface ShownFinding {
  /** `code/lambda` */
  readonly rule: string;
  readonly severity: "error" | "warning" | "note";
  /** Inside the file. */
  readonly at: Place;
  readonly text: string;
  readonly hint: string;
}

/** What was found in one file. */
export interface ScannedFile {
  readonly file: string;
  readonly findings: readonly ShownFinding[];
}

/** How severities are coloured. */
export type Paint = Readonly<
  Record<ShownFinding["severity"] | "good" | "dim", (text: string) => string>
>;

/** The findings of all files as lines; advice stands once behind the first finding of its rule. */
export function scanText(files: readonly ScannedFile[], paint: Paint): string {
  const lines = files.flatMap(({ file, findings }) => {
    const rules = new Set<string>();
    return findings.flatMap(({ rule, severity, at, text, hint }) => {
      const known = rules.has(rule);
      rules.add(rule);
      const advice = known || severity === "note" ? {} : { hint };
      const shown = formatDiagnostic({ code: "bad-format", at: { ...at, file }, text, ...advice });
      return `${paint[severity](`${severity}:`)} ${shown} ${paint.dim(`[${rule}]`)}`.split("\n");
    });
  });
  return `${[...lines, summary(files, paint)].join("\n")}\n`;
}

function summary(files: readonly ScannedFile[], paint: Paint): string {
  const all = files.flatMap(({ findings }) => findings);
  const where = files.length === 1 ? (files[0]?.file ?? "") : counted(files.length, "file");
  if (all.length === 0) return `${paint.good("nothing found")}: ${where}`;
  const counts = (["error", "warning", "note"] as const).flatMap((severity) => {
    const count = all.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [counted(count, severity)];
  });
  return `${where}: ${counts.join(", ")}`;
}
