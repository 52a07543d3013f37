import { fail, KcError } from "../errors.ts";
import { type CoreMLFile, openCoreML } from "../formats/coreml/open.ts";
import { type FileSource, type FolderSource, openFile, openPath, readStdin } from "../io/node.ts";
import { readKeras } from "../sources/keras/index.ts";
import { readOptions } from "./convert-options.ts";
import { type RawFlags, readFlags } from "./flag-reader.ts";
import { openTerminal } from "./terminal.ts";
import { verifyModels } from "./verify-models.ts";
import { expectedPictures } from "./verify-pictures.ts";
import { printVerification } from "./verify-report.ts";

/** Runs `kc verify`. Throws `KcError`; the exit code is 0 when the models are equal and 5 when they are not. */
export async function verify(keras: string, coreML: string, raw: RawFlags): Promise<number> {
  const flags = readFlags(raw);
  const reading = await readOptions(flags);
  const file = openPath(coreML);
  const { model, blobs } = openSecond(file, keras);
  const source = keras === "-" ? await readStdin() : openFile(keras);
  try {
    const { graph, warnings } = readKeras(source, reading);
    const terminal = openTerminal();
    const options = { json: flags.has("json"), quiet: flags.has("quiet") };
    const report = await verifyModels(
      {
        graph,
        model,
        blobs,
        names: [source.name, coreML],
        pictures: expectedPictures(graph, flags),
      },
      flags,
      (text) => {
        if (!options.json && !options.quiet) terminal.progress(text);
      },
    );
    const all = { ...report, warnings: [...warnings, ...report.warnings] };
    printVerification(all, options, terminal);
    return report.exitCode;
  } finally {
    source.close();
    file.close();
  }
}

/** `kc verify Model.mlmodel model.h5` is a common slip. */
function openSecond(file: FileSource | FolderSource, first: string): CoreMLFile {
  try {
    return openCoreML(file);
  } catch (error) {
    if (!(error instanceof KcError) || !/\.(mlmodel|mlpackage)(\.zip)?\/?$/i.test(first))
      throw error;
    file.close();
    return fail("bad-option", `${file.name} is no Core ML model, but ${first} seems to be one.`, {
      hint: "The Keras model comes first: kc verify <model> <coreml>",
      cause: error,
    });
  }
}
