import { fail } from "../errors.ts";
import { checkOutput, type FileSource, openFile, readStdin } from "../io/node.ts";
import { readKeras } from "../sources/keras/index.ts";
import { writeCoreML } from "../targets/coreml-nn/index.ts";
import { conversionReport } from "./conversion-report.ts";
import { coreMLOptions, readOptions } from "./convert-options.ts";
import { type FlagReader, type RawFlags, readFlags } from "./flag-reader.ts";
import { choosePictures } from "./pictures.ts";
import { printReport } from "./print-report.ts";
import { openTerminal } from "./terminal.ts";
import { writeInterruptibly } from "./write-interruptibly.ts";

/** Runs `kc convert`. Throws `KcError`; the exit code is 0 when it returns. */
export async function convert(model: string, output: string, raw: RawFlags): Promise<number> {
  const start = performance.now();
  const flags = readFlags(raw);
  checkTarget(output, flags);
  const reading = await readOptions(flags);
  const writing = coreMLOptions(flags);
  const source = await openModel(model);
  try {
    const { graph, warnings } = readKeras(source, reading);
    const pictures = choosePictures(graph, flags);
    const { preprocessing } = pictures;
    const result = writeCoreML(graph, {
      ...writing,
      ...(preprocessing === undefined ? {} : { preprocessing }),
    });
    const terminal = openTerminal();
    const force = flags.has("force");
    await writeInterruptibly(output, result.file, { force, quiet: isQuiet(flags) }, terminal);
    const report = conversionReport({
      model: source.name,
      output,
      graph,
      result,
      pictures,
      warnings: [...warnings, ...pictures.warnings, ...result.warnings],
      milliseconds: performance.now() - start,
    });
    const printing = { json: flags.has("json"), quiet: flags.has("quiet") };
    if (!flags.has("verify")) {
      printReport(report, printing, terminal);
      return 0;
    }
    const { verifyWritten } = await import("./verify-written.ts");
    const written = { name: source.name, graph, output, result, pictures };
    const verification = verifyWritten(written, flags, (text) => {
      if (!isQuiet(flags)) terminal.progress(text);
    });
    printReport({ ...report, verification }, printing, terminal);
    return verification.exitCode;
  } finally {
    source.close();
  }
}

/** Says at once what cannot be written, before anything is read. */
function checkTarget(output: string, flags: FlagReader): void {
  if (output !== "-") {
    checkExtension(output);
    checkOutput(output, flags.has("force"));
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

/** Targets of later versions, by how their files end. */
const LATER: readonly (readonly [RegExp, string])[] = [
  [/\.mlpackage\/?$/i, "ML Programs (.mlpackage)"],
  [/\.onnx$/i, "ONNX (.onnx)"],
  [/(^|[/\\])model\.json$|\.json$/i, "TensorFlow.js (model.json)"],
  [/\.(h5|hdf5|keras)$/i, "Keras (.h5, .keras)"],
];

function checkExtension(output: string): void {
  if (/\.mlmodel$/i.test(output)) return;
  const later = LATER.find(([pattern]) => pattern.test(output));
  const hint = "Give an output that ends in .mlmodel.";
  if (later === undefined) {
    fail(
      "bad-option",
      `${output} does not say what to write, expected a name that ends in .mlmodel.`,
      {
        hint: "Give an output that ends in .mlmodel; .mlpackage, .onnx, model.json, .h5 and .keras come later.",
      },
    );
  }
  fail("unsupported", `Writing ${later[1]} is not possible yet; it comes in a later version.`, {
    hint,
  });
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
