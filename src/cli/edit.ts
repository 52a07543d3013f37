import { editCoreML } from "../edit/edit.ts";
import { fail, formatDiagnostic } from "../errors.ts";
import { checkOutput, openFile, readStdin } from "../io/node.ts";
import { memorySize } from "../report/readable.ts";
import { editOptions } from "./edit-options.ts";
import { type FlagReader, type RawFlags, readFlags } from "./flag-reader.ts";
import { inFlagWords } from "./flag-words.ts";
import { openTerminal } from "./terminal.ts";
import { writeInterruptibly } from "./write-interruptibly.ts";

/** Runs `kc edit`. Throws `KcError`; the exit code is 0 when it returns. */
export async function edit(model: string, output: string, raw: RawFlags): Promise<number> {
  const flags = readFlags(raw);
  const options = editOptions(flags);
  checkTarget(output, flags);
  const source = model === "-" ? await readStdin() : openFile(model);
  try {
    const { file, changes, warnings } = editCoreML(source, options);
    const terminal = openTerminal();
    const force = flags.has("force");
    const quiet = flags.has("quiet") || flags.has("json");
    await writeInterruptibly(output, file, { force, quiet }, terminal);
    if (flags.has("json")) {
      const document = { ok: true, model: source.name, output, bytes: file.byteLength, changes };
      const told = { ...document, warnings: warnings.map(inFlagWords) };
      process.stdout.write(`${JSON.stringify(told, null, 2)}\n`);
    } else if (!quiet) {
      const made = output === "-" ? "the standard output" : output;
      terminal.say(`${source.name} → ${made}, ${memorySize(file.byteLength, "B")}`);
      for (const line of changes) terminal.say(`  ${line}`);
      if (changes.length === 0) terminal.say("  nothing to change: everything was so already");
      for (const warning of warnings) {
        terminal.say(`${terminal.yellow("warning:")} ${formatDiagnostic(inFlagWords(warning))}`);
      }
    }
    return 0;
  } finally {
    source.close();
  }
}

function checkTarget(output: string, flags: FlagReader): void {
  if (output === "-") {
    if (!flags.has("json")) return;
    fail("bad-option", "The model and the JSON document cannot both go to the standard output.", {
      hint: "Give an output file, or leave out --json.",
    });
  }
  if (!/\.mlmodel$/i.test(output)) {
    fail("bad-option", `${output} should be called .mlmodel, as the model that is edited.`);
  }
  checkOutput(output, flags.has("force"));
}
