import { type Diagnostic, fail } from "../errors.ts";
import { type FileSource, openFile, readStdin } from "../io/node.ts";
import type { Graph } from "../ir/graph.ts";
import type { ModelStatement } from "../ir/model-statement.ts";
import type { ModelSummary } from "../ir/model-summary.ts";
import type { ReadKerasOptions } from "../sources/keras/index.ts";
import { summariseKeras } from "../sources/keras/summarise.ts";

/** A model of any kind that is known here, opened by its content. Its weights are read from the file until it is closed. */
export interface OpenedModel {
  readonly format: "keras" | "coreml";
  /** The file's name without its folder. */
  readonly name: string;
  /** Its layers, also those that cannot be expressed. */
  readonly summary: ModelSummary;
  /** Left out when some layer cannot be expressed; the warnings say which. */
  readonly graph?: Graph;
  /** Labels, pictures and metadata, of formats that hold them. */
  readonly statement?: ModelStatement;
  readonly warnings: readonly Diagnostic[];
  close(): void;
}

/** Opens a model file, or the standard input as `-`. Throws what reading a model throws; then nothing stays open. */
export async function openModel(path: string, reading: ReadKerasOptions): Promise<OpenedModel> {
  const source = await openSource(path);
  try {
    return {
      format: "keras",
      name: source.name,
      ...summariseKeras(source, reading),
      close: () => source.close(),
    };
  } catch (error) {
    source.close();
    throw error;
  }
}

function openSource(path: string): Promise<FileSource> | FileSource {
  if (path !== "-") return openFile(path);
  if (!process.stdin.isTTY) return readStdin();
  return fail("bad-option", "The standard input is a terminal, which holds no model.", {
    hint: "Redirect a file into it (< model.h5), or give the file's name.",
  });
}
