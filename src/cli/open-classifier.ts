import { openBackend } from "../backends/open-backend.ts";
import { type Diagnostic, fail } from "../errors.ts";
import { isFolder } from "../formats/bytes.ts";
import { coreMLInput } from "../formats/coreml/input.ts";
import { openCoreML } from "../formats/coreml/open.ts";
import { PRESETS, type Preprocessing } from "../image/preprocessing.ts";
import { type FileSource, type FolderSource, openFile, openPath, readStdin } from "../io/node.ts";
import type { Graph } from "../ir/graph.ts";
import { measureActivities, withSums } from "../passes/measure-activities.ts";
import type { Classifier, PictureSize } from "../predict/classifier.ts";
import { coreMLClassifier } from "../predict/coreml-classifier.ts";
import { graphClassifier, scoresPort } from "../predict/graph-classifier.ts";
import { type GraphWithLogits, withLogits } from "../predict/logits.ts";
import { readKeras } from "../sources/keras/index.ts";
import { readOptions } from "./convert-options.ts";
import { type FlagReader, flagName } from "./flag-reader.ts";
import { picturePreparation, preparedFor } from "./picture-preparation.ts";
import { expectedPictures, hasPixelFlags } from "./verify-pictures.ts";

/** A model that is ready to classify pictures, and what is said of it. */
export interface OpenedClassifier {
  readonly classifier: Classifier;
  /** The file's name without its folder. */
  readonly name: string;
  /** What runs it: `onnx: onnxruntime-node 1.30.0, 2 threads`. */
  readonly backend: string;
  /** The command that installs what would be faster and is not there. */
  readonly faster?: string;
  /** Of a classifier of Core ML. */
  readonly labels: readonly string[] | undefined;
  /** Which of a Keras model's outputs holds the scores. */
  readonly output: number;
  /** Of Keras models: how they were trained, and what regularizers add to the loss. */
  readonly graph: Graph | undefined;
  readonly preprocessing: { readonly name: string; readonly why?: string };
  readonly warnings: readonly Diagnostic[];
  close(): Promise<void>;
}

/** Opens a Keras or Core ML model as the options say. Throws what reading and opening it throws; then nothing stays open. */
export async function openClassifier(
  path: string,
  flags: FlagReader,
  purpose: "predict" | "evaluate",
): Promise<OpenedClassifier> {
  const input = path === "-" ? await readStdin() : openPath(path);
  try {
    const coreML = coreMLInput(input);
    if (coreML !== undefined) return openCoreMLModel(input, flags);
    return await openKerasModel(isFolder(input) ? openFile(path) : input, flags, purpose);
  } catch (error) {
    input.close();
    throw error;
  }
}

async function openKerasModel(
  source: FileSource,
  flags: FlagReader,
  purpose: "predict" | "evaluate",
): Promise<OpenedClassifier> {
  if (flags.has("half")) fail("bad-option", "--half is for Core ML models.");
  const reading = await readOptions(flags, "kerasBackend");
  const { graph, warnings } = readKeras(source, reading);
  const { preprocessing, name, why, warnings: doubts } = picturePreparation(graph, flags);
  const { spec, backend, install, missed } = await openBackend(flags.text("backend") ?? "auto");
  const threads = wholeAbove0(flags, "threads");
  const output = flags.text("scores");
  const port = scoresPort(graph, output);
  const asked: GraphWithLogits =
    purpose === "evaluate" ? withLogits(withSums(measureActivities(graph)), port) : { graph };
  const { sums } = asked.graph.penalties ?? {};
  const predictor = await backend.open(asked.graph, threads === undefined ? {} : { threads });
  const size = sizeFlag(flags);
  const classifier = graphClassifier(graph, predictor, {
    preprocessing,
    ...(size === undefined ? {} : { size }),
    ...(output === undefined ? {} : { output }),
    ...(asked.logits !== undefined ? { logits: asked.logits } : {}),
    ...(sums === undefined ? {} : { sums }),
  });
  const broken = missed.filter(({ hint }) => hint?.startsWith("Install it") !== true);
  return {
    classifier,
    name: source.name,
    backend: `${spec.name}: ${backend.title}`,
    ...(install === undefined ? {} : { faster: install }),
    labels: undefined,
    output: graph.outputs.indexOf(port),
    graph,
    preprocessing: { name, ...(why === undefined ? {} : { why }) },
    warnings: [...warnings, ...broken, ...doubts],
    async close() {
      await classifier.dispose();
      source.close();
    },
  };
}

function openCoreMLModel(input: FileSource | FolderSource, flags: FlagReader): OpenedClassifier {
  for (const key of ["backend", "threads", "kerasBackend", "architecture"] as const) {
    if (flags.has(key) && flags.text(key) !== "auto") {
      fail(
        "bad-option",
        `${flagName(key)} is for Keras models: Core ML models are interpreted here.`,
      );
    }
  }
  const size = sizeFlag(flags);
  const output = flags.text("scores");
  const stated = hasPixelFlags(flags) ? statedFor(flags) : undefined;
  const classifier = coreMLClassifier(openCoreML(input), {
    half: flags.has("half"),
    ...(stated === undefined ? {} : { preprocessing: stated }),
    ...(size === undefined ? {} : { size }),
    ...(output === undefined ? {} : { output }),
  });
  return {
    classifier,
    name: input.name,
    backend: "interpreter of Core ML models",
    labels: classifier.labels,
    output: 0,
    graph: undefined,
    preprocessing: { name: stated?.name ?? "as the model says" },
    warnings: [],
    close: async () => input.close(),
  };
}

function statedFor(flags: FlagReader): Preprocessing {
  const { preparation = PRESETS.none } = expectedPictures(undefined, flags);
  return preparedFor(preparation, "");
}

/** `--size 224x224`: width, then height; undefined without it. Throws `bad-option`. */
export function sizeFlag(flags: FlagReader): PictureSize | undefined {
  const text = flags.text("size");
  if (text === undefined) return undefined;
  const [, width, height] = /^([1-9]\d{0,4})[x×]([1-9]\d{0,4})$/i.exec(text) ?? [];
  if (width !== undefined && height !== undefined) {
    return { width: Number(width), height: Number(height) };
  }
  return fail("bad-option", `--size is "${text}", expected width and height: 224x224.`);
}

/** A whole number above 0, or undefined without the option. */
export function wholeAbove0(flags: FlagReader, key: string): number | undefined {
  const value = flags.number(key);
  if (value === undefined || (Number.isSafeInteger(value) && value > 0)) return value;
  return fail("bad-option", `${flagName(key)} is ${value}, expected a whole number above 0.`);
}
