import { createHash } from "node:crypto";
import { relative, sep } from "node:path";
import { exitCodeOf, KcError } from "../errors.ts";
import { openPath, readStdin, writeOutput } from "../io/node.ts";
import { sarifDocument } from "../report/sarif.ts";
import { type ScannedFile, scanText } from "../report/scan-text.ts";
import { RULES } from "../scan/rules.ts";
import { scanFile } from "../scan/scan.ts";
import { reportFailure } from "./failure.ts";
import { type RawFlags, readFlags } from "./flag-reader.ts";
import { version } from "./program.ts";
import { openTerminal } from "./terminal.ts";

/**
 * Runs `kc scan`: 0 when nothing bad was found, 8 when something was. Files that cannot be read are told and make it
 * end with their own code, after all others were scanned.
 */
export async function scan(files: readonly string[], raw: RawFlags): Promise<number> {
  const flags = readFlags(raw);
  const scanned: ScannedFile[] = [];
  const failures: KcError[] = [];
  for (const file of files) {
    try {
      scanned.push(await scanOne(file));
    } catch (error) {
      if (!(error instanceof KcError) || error.code === "internal") throw error;
      failures.push(error);
    }
  }
  const sarif = flags.text("sarif");
  if (sarif !== undefined) await writeSarif(sarif, scanned);
  const bad = flags.has("strict") ? ["error", "warning"] : ["error"];
  const found = scanned.some(({ findings }) =>
    findings.some(({ severity }) => bad.includes(severity)),
  );
  if (flags.has("json")) {
    const errors = failures.flatMap(({ diagnostics }) => diagnostics);
    const ok = !found && errors.length === 0;
    const document = { ok, files: scanned, ...(errors.length === 0 ? {} : { errors }) };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    printText(scanned);
    for (const failure of failures) reportFailure(failure, false);
  }
  const [failure] = failures;
  return failure === undefined ? (found ? DANGEROUS : 0) : exitCodeOf(failure.code);
}

/** The exit code of a scan that found errors. */
const DANGEROUS = 8;

async function scanOne(file: string): Promise<ScannedFile> {
  const source = file === "-" ? await readStdin() : openPath(file);
  try {
    return { file: file === "-" ? "stdin" : file, findings: scanFile(source) };
  } finally {
    source.close();
  }
}

function printText(scanned: readonly ScannedFile[]): void {
  if (scanned.length === 0) return;
  const { red, yellow, green, dim } = openTerminal();
  const paint = { error: red, warning: yellow, note: dim, good: green, dim };
  process.stdout.write(scanText(scanned, paint));
}

async function writeSarif(path: string, scanned: readonly ScannedFile[]): Promise<void> {
  const rules = Object.entries(RULES).map(([id, rule]) => ({ id, ...rule }));
  const files = scanned.map(({ file, findings }) => ({ file: relativePath(file), findings }));
  const digest = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 32);
  const document = sarifDocument(files, { version: version(), rules, digest });
  const bytes = new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`);
  await writeOutput(path, { byteLength: bytes.length, chunks: () => [bytes] }, { force: true });
}

/** As code scanning wants it: from the folder in which the command runs. */
function relativePath(file: string): string {
  return relative(process.cwd(), file).split(sep).join("/") || file;
}
