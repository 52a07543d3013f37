import {
  type ByteSource,
  bytesSource,
  collectBytes,
  type OutputFile,
} from "../../../src/formats/bytes.ts";

/** The `model.json` of files that were written, with the others beside it. */
export function tfjsSource(files: readonly OutputFile[]): ByteSource {
  return sourceOf(new Map(files.map((file) => [file.path, collectBytes(file)])));
}

/** The same for bytes by name. */
export function sourceOf(files: ReadonlyMap<string, Uint8Array>): ByteSource {
  const open = (path: string): ByteSource | undefined => {
    const bytes = files.get(path);
    return bytes === undefined ? undefined : bytesSource(bytes, path);
  };
  const model = files.get("model.json") ?? new Uint8Array();
  const beside = { name: "web", open, has: (path: string) => files.has(path) };
  return { ...bytesSource(model, "model.json"), beside };
}
