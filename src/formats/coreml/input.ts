import { type ByteFolder, type ByteSource, isFolder } from "../bytes.ts";
import { isCoreMLModel } from "../detect.ts";
import { readZipDirectory } from "../zip-directory.ts";

/** The input, if it is a Core ML model in whatever form: a `.mlmodel`, a `.mlpackage` folder, or either of them zipped. */
export function coreMLInput(input: ByteSource | ByteFolder): ByteSource | ByteFolder | undefined {
  if (isFolder(input)) return input.has("saved_model.pb") ? undefined : input;
  if (isCoreMLModel(input)) return input;
  const head = new Uint8Array(Math.min(2, input.size));
  input.readInto(0, head);
  if (String.fromCharCode(...head) !== "PK") return undefined;
  const names = readZipDirectory(input).map(({ name }) => name);
  const holds = names.some((name) => /(^|\/)Manifest\.json$|\.mlmodel$/.test(name));
  return holds && !names.includes("config.json") ? input : undefined;
}
