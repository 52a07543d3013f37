import { type EditedModel, editCoreML } from "../edit/edit.ts";
import { fail, formatDiagnostic } from "../errors.ts";
import { isFolder } from "../formats/bytes.ts";
import { type CoreMLPlace, locateCoreML } from "../formats/coreml/open.ts";
import { checkFolderOutput, checkOutput, openPath, readStdin } from "../io/node.ts";
import { memorySize } from "../report/readable.ts";
import { editOptions } from "./edit-options.ts";
import { isOfPackage, packageFiles } from "./edit-package.ts";
import { type FlagReader, type RawFlags, readFlags } from "./flag-reader.ts";
import { inFlagWords } from "./flag-words.ts";
import { openTerminal } from "./terminal.ts";
import { writeFolderInterruptibly, writeInterruptibly } from "./write-interruptibly.ts";

/** Runs `kc edit`. Throws `KcError`; the exit code is 0 when it returns. */
export async function edit(model: string, output: string, raw: RawFlags): Promise<number> {
  const flags = readFlags(raw);
  const options = editOptions(flags);
  checkTarget(output, flags);
  const input = model === "-" ? await readStdin() : openPath(model);
  try {
    const place = isFolder(input) ? locateCoreML(input) : bareModel(input, output);
    if (isFolder(input) !== isPackage(output)) wrongKind(output, isFolder(input));
    const edited = editCoreML(place.source, options);
    await write(model, output, { place, edited }, flags);
    tell(input.name, output, edited, flags);
    return 0;
  } finally {
    input.close();
  }
}

type Source = Awaited<ReturnType<typeof readStdin>>;

/** Zip files are for looking into; the edited model would not know its place there. */
function bareModel(source: Source, output: string): CoreMLPlace {
  const place = locateCoreML(source);
  if (!place.zipped) return place;
  return fail("unsupported", `${source.name} is a zip file, which is not edited.`, {
    hint: `Unzip it, edit what is inside, and zip ${isPackage(output) ? "the package" : "it"} again.`,
  });
}

async function write(
  model: string,
  output: string,
  { place, edited }: { readonly place: CoreMLPlace; readonly edited: EditedModel },
  flags: FlagReader,
): Promise<void> {
  const wishes = { force: flags.has("force"), quiet: flags.has("quiet") || flags.has("json") };
  if (!isPackage(output)) {
    return writeInterruptibly(output, edited.file, wishes, openTerminal());
  }
  const files = packageFiles(model, place.path, edited.file);
  return writeFolderInterruptibly(
    output,
    files,
    { ...wishes, replaces: isOfPackage },
    openTerminal(),
  );
}

function tell(
  name: string,
  output: string,
  { file, changes, warnings }: EditedModel,
  flags: FlagReader,
): void {
  const told = warnings.map(inFlagWords);
  if (flags.has("json")) {
    const bytes = file.byteLength;
    const document = { ok: true, model: name, output, bytes, changes, warnings: told };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return;
  }
  if (flags.has("quiet")) return;
  const terminal = openTerminal();
  const made = output === "-" ? "the standard output" : output;
  terminal.say(`${name} → ${made}, ${memorySize(file.byteLength, "B")}`);
  for (const line of changes) terminal.say(`  ${line}`);
  if (changes.length === 0) terminal.say("  nothing to change: everything was so already");
  for (const warning of told) {
    terminal.say(`${terminal.yellow("warning:")} ${formatDiagnostic(warning)}`);
  }
}

function isPackage(output: string): boolean {
  return /\.mlpackage\/?$/i.test(output);
}

function checkTarget(output: string, flags: FlagReader): void {
  if (output === "-") {
    if (!flags.has("json")) return;
    fail("bad-option", "The model and the JSON document cannot both go to the standard output.", {
      hint: "Give an output file, or leave out --json.",
    });
  }
  const force = flags.has("force");
  if (isPackage(output)) checkFolderOutput(output, { force, replaces: isOfPackage });
  else if (/\.mlmodel$/i.test(output)) checkOutput(output, force);
  else wrongKind(output, undefined);
}

function wrongKind(output: string, folder: boolean | undefined): never {
  const kind = folder === undefined ? ".mlmodel or .mlpackage" : folder ? ".mlpackage" : ".mlmodel";
  return fail("bad-option", `${output} should be called ${kind}, as the model that is edited.`);
}
