import { fail } from "../errors.ts";
import {
  checkFolderOutput,
  checkOutput,
  type FileSource,
  openFile,
  readStdin,
} from "../io/node.ts";
import { readKeras } from "../sources/keras/index.ts";
import { conversionReport } from "./conversion-report.ts";
import { readOptions } from "./convert-options.ts";
import { type FlagReader, type RawFlags, readFlags } from "./flag-reader.ts";
import { printReport } from "./print-report.ts";
import type { ConvertedFile, TargetSpec } from "./target-spec.ts";
import { checkFlags, targetOf } from "./targets.ts";
import { openTerminal, type Terminal } from "./terminal.ts";
import { writeFolderInterruptibly, writeInterruptibly } from "./write-interruptibly.ts";

/** Runs `kc convert`. Throws `KcError`; the exit code is 0 when it returns. */
export async function convert(model: string, output: string, raw: RawFlags): Promise<number> {
  const start = performance.now();
  const flags = readFlags(raw);
  const target = targetOf(output, flags);
  checkFlags(target, flags);
  checkDestination(target, output, flags);
  const reading = await readOptions(flags);
  const writer = await target.load();
  const plan = await writer.plan(flags);
  const source = await openModel(model);
  try {
    const { graph, warnings } = readKeras(source, reading);
    const converted = plan(graph, output);
    const terminal = openTerminal();
    await writeAll(target, output, converted.files, flags, terminal);
    const report = conversionReport({
      target: target.name,
      model: source.name,
      output,
      graph,
      facts: converted.facts,
      warnings: [...warnings, ...converted.warnings],
      bytes: converted.files.reduce((sum, { bytes }) => sum + bytes.byteLength, 0),
      milliseconds: performance.now() - start,
    });
    const printing = { json: flags.has("json"), quiet: flags.has("quiet") };
    if (!flags.has("verify")) {
      printReport(report, printing, terminal);
      return 0;
    }
    const verification = await converted.verify(source.name, (text) => {
      if (!isQuiet(flags)) terminal.progress(text);
    });
    printReport({ ...report, verification }, printing, terminal);
    return verification.exitCode;
  } finally {
    source.close();
  }
}

async function writeAll(
  target: TargetSpec,
  output: string,
  files: readonly ConvertedFile[],
  flags: FlagReader,
  terminal: Terminal,
): Promise<void> {
  const options = { force: flags.has("force"), quiet: isQuiet(flags) };
  if (target.form === "folder") {
    const parts = files.map(({ path, bytes }) => ({ ...bytes, path }));
    await writeFolderInterruptibly(output, parts, { ...options, ...replacing(target) }, terminal);
    return;
  }
  for (const { path, bytes } of files) await writeInterruptibly(path, bytes, options, terminal);
}

function replacing(target: TargetSpec) {
  return { replaces: (name: string) => target.replaces?.(name) ?? false };
}

/** Says at once what cannot be written, before anything is read. */
function checkDestination(target: TargetSpec, output: string, flags: FlagReader): void {
  if (output !== "-") {
    const force = flags.has("force");
    if (target.form === "file") checkOutput(output, force);
    else checkFolderOutput(output, { force, ...replacing(target) });
  } else if (flags.has("json")) {
    fail("bad-option", "The model and the JSON document cannot both go to the standard output.", {
      hint: "Give an output file, or leave out --json.",
    });
  } else if (process.stdout.isTTY) {
    fail("bad-option", "The standard output is a terminal, which cannot show a model.", {
      hint: "Redirect it (> Model.mlmodel), or give an output file.",
    });
  }
}

function openModel(model: string): Promise<FileSource> | FileSource {
  if (model !== "-") return openFile(model);
  if (!process.stdin.isTTY) return readStdin();
  return fail("bad-option", "The standard input is a terminal, which holds no model.", {
    hint: "Redirect a file into it (< model.h5), or give the file's name.",
  });
}

function isQuiet(flags: FlagReader): boolean {
  return flags.has("quiet") || flags.has("json");
}
