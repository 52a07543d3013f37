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
import type {
  ConversionPlan,
  ConvertedFile,
  ConvertedModel,
  TargetSpec,
  TargetWriter,
} from "./target-spec.ts";
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
  const plans = { graph: await writer.plan(flags), keras: writer.planKeras?.(flags) };
  const input = await openModel(model);
  try {
    const { source, converted, warnings, statement } = await convertInput(input, {
      model,
      output,
      target,
      reading,
      plans,
    });
    const lost = target.holdsStatement ? [] : lostPictures(statement);
    const terminal = openTerminal();
    await writeAll(target, output, converted.files, flags, terminal);
    const report = conversionReport({
      target: target.name,
      model: input.name,
      output,
      source,
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
    const verification = await converted.verify(input.name, (text) => {
      if (!isQuiet(flags)) terminal.progress(text);
    });
    printReport({ ...report, verification }, printing, terminal);
    return verification.exitCode;
  } finally {
    input.close();
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

interface Wishes {
  /** As the user gave it. */
  readonly model: string;
  readonly output: string;
  readonly target: TargetSpec;
  readonly reading: ReadKerasOptions;
  readonly plans: {
    readonly graph: ConversionPlan;
    readonly keras: ReturnType<NonNullable<TargetWriter["planKeras"]>> | undefined;
  };
}

interface ConvertedInput {
  readonly source: Pick<Graph, "name" | "source">;
  readonly converted: ConvertedModel;
  readonly warnings: readonly Diagnostic[];
  /** Of a Core ML file. */
  readonly statement?: ModelStatement;
}

/** Converts a Keras or Core ML model, by its content. */
async function convertInput(
  input: FileSource | FolderSource,
  { model, output, target, reading, plans }: Wishes,
): Promise<ConvertedInput> {
  const coreML = coreMLInput(input);
  if (coreML !== undefined) {
    const { openCoreML } = await import("../formats/coreml/open.ts");
    const { readCoreML } = await import("../sources/coreml/index.ts");
    const { inputShapes } = reading;
    const read = readCoreML(openCoreML(coreML).model, { inputShapes });
    const { graph, statement } = read;
    const converted = plans.graph(graph, output, target.holdsStatement ? statement : undefined);
    return { ...read, source: graph, converted };
  }
  // a folder that is no package: this refuses it by its name
  const file = isFolder(input) ? openFile(model) : input;
  if (plans.keras === undefined) {
    const { graph, warnings } = readKeras(file, reading);
    return { source: graph, converted: plans.graph(graph, output), warnings };
  }
  const { openTraced } = await import("../sources/keras/traced-model.ts");
  const traced = openTraced(file, reading);
  const { version, backend } = traced.archive.dialect;
  const source = {
    name: traced.model.name,
    source: { format: "keras" as const, version, backend },
  };
  return { source, converted: plans.keras(traced, output), warnings: traced.warnings };
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
