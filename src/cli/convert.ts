import { type Diagnostic, fail } from "../errors.ts";
import { isFolder } from "../formats/bytes.ts";
import { coreMLInput } from "../formats/coreml/input.ts";
import {
  checkFolderOutput,
  checkOutput,
  type FileSource,
  type FolderSource,
  openFile,
  openPath,
  readStdin,
} from "../io/node.ts";
import type { Graph } from "../ir/graph.ts";
import type { ModelStatement } from "../ir/model-statement.ts";
import { type ReadKerasOptions, readKeras } from "../sources/keras/index.ts";
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
    const { graph, warnings, statement } = await readModel(source, model, reading);
    const converted = plan(graph, output, target.holdsStatement ? statement : undefined);
    const lost = target.holdsStatement ? [] : lostPictures(statement);
    const terminal = openTerminal();
    await writeAll(target, output, converted.files, flags, terminal);
    const report = conversionReport({
      target: target.name,
      model: source.name,
      output,
      graph,
      facts: converted.facts,
      warnings: [...warnings, ...lost, ...converted.warnings],
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

function openModel(model: string): Promise<FileSource> | FileSource | FolderSource {
  if (model !== "-") return openPath(model);
  if (!process.stdin.isTTY) return readStdin();
  return fail("bad-option", "The standard input is a terminal, which holds no model.", {
    hint: "Redirect a file into it (< model.h5), or give the file's name.",
  });
}

interface ReadModel {
  readonly graph: Graph;
  readonly warnings: readonly Diagnostic[];
  /** Of a Core ML file. */
  readonly statement?: ModelStatement;
}

/** The graph of a Keras or Core ML model, by its content. */
async function readModel(
  input: FileSource | FolderSource,
  path: string,
  reading: ReadKerasOptions,
): Promise<ReadModel> {
  const coreML = coreMLInput(input);
  // a folder that is no package: this refuses it by its name
  if (coreML === undefined) return readKeras(isFolder(input) ? openFile(path) : input, reading);
  const { openCoreML } = await import("../formats/coreml/open.ts");
  const { readCoreML } = await import("../sources/coreml/index.ts");
  const { inputShapes } = reading;
  return readCoreML(openCoreML(coreML).model, { inputShapes });
}

/** Pictures that a Core ML file prepares itself, where the target takes numbers alone. */
function lostPictures(statement: ModelStatement | undefined): readonly Diagnostic[] {
  return (statement?.images ?? []).map(({ input, preprocessing }): Diagnostic => {
    const { scale, bias, colorOrder } = preprocessing;
    const text = `The input "${input}" takes pixels that are prepared already: channels ${colorOrder}, times ${scale[0]}, plus ${bias.join(", ")} for red, green, blue.`;
    return { code: "bad-option", text };
  });
}

function isQuiet(flags: FlagReader): boolean {
  return flags.has("quiet") || flags.has("json");
}
