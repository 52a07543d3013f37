import { fail, formatDiagnostic } from "../errors.ts";
import { checkOutput, openFile, readStdin } from "../io/node.ts";
import { memorySize } from "../report/readable.ts";
import { openTraced } from "../sources/keras/traced-model.ts";
import { type KerasContainer, writeKeras } from "../targets/keras/index.ts";
import { readOptions } from "./convert-options.ts";
import { type FlagReader, type RawFlags, readFlags } from "./flag-reader.ts";
import { inFlagWords } from "./flag-words.ts";
import { openTerminal } from "./terminal.ts";
import { writeInterruptibly } from "./write-interruptibly.ts";

/** Runs `kc upgrade`. Throws `KcError`; the exit code is 0 when it returns. */
export async function upgrade(model: string, output: string, raw: RawFlags): Promise<number> {
  const flags = readFlags(raw);
  const container = containerOf(output, flags);
  const reading = await readOptions(flags);
  const source = model === "-" ? await readStdin() : openFile(model);
  try {
    const traced = openTraced(source, reading);
    const { file, warnings } = writeKeras(traced, { container, keras: 3 });
    const terminal = openTerminal();
    const quiet = flags.has("quiet") || flags.has("json");
    await writeInterruptibly(output, file, { force: flags.has("force"), quiet }, terminal);
    const told = [...traced.warnings, ...warnings].map(inFlagWords);
    const { version } = traced.archive.dialect;
    const bytes = file.byteLength;
    if (flags.has("json")) {
      const document = {
        ok: true,
        model: source.name,
        keras: version,
        output,
        bytes,
        warnings: told,
      };
      process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    } else if (!quiet) {
      const made = output === "-" ? "the standard output" : output;
      const from = version === "" ? "" : ` (Keras ${version})`;
      terminal.say(`${source.name}${from} → ${made} (Keras 3), ${memorySize(bytes, "B")}`);
      for (const warning of told) {
        terminal.say(`${terminal.yellow("warning:")} ${formatDiagnostic(warning)}`);
      }
    }
    return 0;
  } finally {
    source.close();
  }
}

/** Says at once what cannot be written, before anything is read. */
function containerOf(output: string, flags: FlagReader): KerasContainer {
  if (output === "-") {
    if (!flags.has("json")) return ".keras";
    fail("bad-option", "The model and the JSON document cannot both go to the standard output.", {
      hint: "Give an output file, or leave out --json.",
    });
  }
  const container = ([".keras", ".weights.h5"] as const).find((end) =>
    output.toLowerCase().endsWith(end),
  );
  if (container === undefined) {
    return fail("bad-option", `${output} should end in .keras or .weights.h5.`, {
      hint: "Keras 3 knows by the name what a file is.",
    });
  }
  checkOutput(output, flags.has("force"));
  return container;
}
