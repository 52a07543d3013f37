import { type Diagnostic, fail } from "../errors.ts";
import { type ByteFolder, type ByteSource, isFolder } from "../formats/bytes.ts";
import { coreMLInput } from "../formats/coreml/input.ts";
import { identify, isOnnxModel } from "../formats/detect.ts";
import { tfjsForm } from "../formats/tfjs/model-json.ts";
import { type FileSource, type FolderSource, openFile, openPath, readStdin } from "../io/node.ts";
import type { Graph } from "../ir/graph.ts";
import type { ModelStatement } from "../ir/model-statement.ts";
import type { ModelSummary } from "../ir/model-summary.ts";
import type { ReadKerasOptions } from "../sources/keras/index.ts";
import { summariseKeras } from "../sources/keras/summarise.ts";

/** A model of any kind that is known here, opened by its content. Its weights are read from the file until it is closed. */
export interface OpenedModel {
  readonly format: "keras" | "coreml" | "onnx" | "tfjs-graph";
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

/**
 * Opens a model file, a `.mlpackage` folder, or the standard input as `-`. Throws what reading a model throws; then
 * nothing stays open.
 */
export async function openModel(path: string, reading: ReadKerasOptions): Promise<OpenedModel> {
  const input = await openInput(path);
  const close = (): void => input.close();
  try {
    const coreML = coreMLInput(input);
    if (coreML !== undefined) {
      return {
        format: "coreml",
        name: input.name,
        ...(await summariseInput(coreML, reading)),
        close,
      };
    }
    if (!isFolder(input) && isOnnxModel(input)) {
      return { format: "onnx", name: input.name, ...(await summariseOnnxFile(input)), close };
    }
    const graph = isFolder(input) ? undefined : await summariseGraphModel(input);
    if (graph !== undefined) return { format: "tfjs-graph", name: input.name, ...graph, close };
    // a folder that is no package: this refuses it by its name
    const source = isFolder(input) ? openFile(path) : input;
    return { format: "keras", name: input.name, ...summariseKeras(source, reading), close };
  } catch (error) {
    close();
    throw error;
  }
}

async function summariseInput(
  input: ByteSource | ByteFolder,
  { inputShapes }: ReadKerasOptions,
): Promise<Pick<OpenedModel, "summary" | "graph" | "statement" | "warnings">> {
  const { openCoreML } = await import("../formats/coreml/open.ts");
  const { summariseCoreML } = await import("../sources/coreml/summarise.ts");
  const name = input.name.replace(/\.(mlmodel|mlpackage)(\.zip)?$/i, "");
  return summariseCoreML(openCoreML(input).model, { name, inputShapes });
}

async function summariseOnnxFile(
  input: ByteSource,
): Promise<Pick<OpenedModel, "summary" | "warnings">> {
  const { readOnnx } = await import("../formats/onnx/decode.ts");
  const { summariseOnnx } = await import("../sources/onnx/index.ts");
  return summariseOnnx(readOnnx(input), { name: input.name.replace(/\.onnx$/i, "") });
}

/** Undefined for what is no graph model of TensorFlow.js. */
async function summariseGraphModel(
  input: ByteSource,
): Promise<Pick<OpenedModel, "summary" | "warnings"> | undefined> {
  if (identify(input) !== "json") return undefined;
  const { readLoneJson } = await import("../sources/keras/lone-json.ts");
  const json = readLoneJson(input);
  if (tfjsForm(json) !== "graph-model") return undefined;
  const { summariseTfjsGraph } = await import("../sources/tfjs-graph/index.ts");
  return summariseTfjsGraph(json, input, { name: input.name.replace(/\.json$/i, "") });
}

function openInput(path: string): Promise<FileSource> | FileSource | FolderSource {
  if (path !== "-") return openPath(path);
  if (!process.stdin.isTTY) return readStdin();
  return fail("bad-option", "The standard input is a terminal, which holds no model.", {
    hint: "Redirect a file into it (< model.h5), or give the file's name.",
  });
}
