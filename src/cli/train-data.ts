import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { type Diagnostic, fail } from "../errors.ts";
import type { Preprocessing } from "../image/preprocessing.ts";
import { INTERPOLATIONS } from "../image/resize.ts";
import {
  type InputOptions,
  listClassFolder,
  openPictureLoader,
  openTrainingPictures,
  readPictureList,
  type TrainingPictureOptions,
} from "../io/pictures/index.ts";
import type { PictureSet } from "../io/pictures/picture-set.ts";
import { SPLIT_WAYS, splitSet } from "../io/pictures/split-set.ts";
import type { Graph } from "../ir/graph.ts";
import { pictureInputOf } from "../predict/picture-input.ts";
import { type ClassOutput, commonTargetKind } from "../train/class-targets.ts";
import { ofOutput } from "../train/judge.ts";
import { orderAsGiven } from "../train/sample-order.ts";
import type { IndexedData } from "../train/training-data.ts";
import { augmentationOf } from "./augmentation.ts";
import { loadClassLabels } from "./class-labels.ts";
import type { FlagReader } from "./flag-reader.ts";
import { sizeFlag } from "./open-classifier.ts";
import { samplingOf } from "./train-sampling.ts";
import { seedOf } from "./train-seed.ts";

/** The pictures of a run, listed and not yet loaded. */
export interface TrainPictures {
  readonly classes: readonly string[];
  readonly train: PictureSet;
  readonly validation: PictureSet | undefined;
}

/** Training and validation pictures as data. */
export interface TrainData {
  readonly train: IndexedData;
  readonly validation: IndexedData | undefined;
  /** How pictures become inputs. */
  readonly input: InputOptions;
  /** What is to be told of the data, a line each. */
  readonly said: readonly string[];
  close(): Promise<void>;
}

/** Lists the pictures to train and to validate with. Throws `bad-option` where there is nothing to tell apart or to validate with. */
export function listTrainPictures(folder: string, flags: FlagReader): TrainPictures {
  const { validation: path, split } = validationFlags(flags);
  const given = flags.text("classLabels");
  const labels =
    given === undefined ? undefined : loadClassLabels("--class-labels", given).map(String);
  const all = labelled(folder, labels);
  const { classes } = all;
  const filled = new Set(all.files.map(({ label }) => label));
  if (filled.size < 2) {
    fail(
      "bad-option",
      `The pictures of ${folder} are all of one class: nothing can be told apart.`,
      {
        hint: "Give each class a folder of its own.",
      },
    );
  }
  if (path !== undefined) return { classes, train: all, validation: labelled(path, classes) };
  if (split === undefined) return { classes, train: all, validation: undefined };
  const way = flags.oneOf("split", SPLIT_WAYS) ?? "first";
  const parts = splitSet(all, { fraction: split, way, seed: seedOf(flags) });
  return { classes, train: parts.training, validation: parts.validation };
}

/** Keras counts every folder as a class, empty ones included. */
export function unseenClasses({ classes, train }: TrainPictures): readonly Diagnostic[] {
  const seen = new Set(train.files.map(({ label }) => label));
  const unseen = classes.filter((_, label) => !seen.has(label));
  if (unseen.length === 0) return [];
  const text = `There is no picture to train with of ${unseen.map((name) => JSON.stringify(name)).join(", ")}.`;
  return [{ code: "bad-option", text, hint: "A folder counts as a class, also when it is empty." }];
}

/** What is decided before the pictures are opened. */
export interface DataOptions {
  readonly preprocessing: Preprocessing;
  readonly batchSize: number;
}

/** Opens the pictures for a model. Throws `bad-option` where its input or its outputs are not those of the pictures. */
export async function openTrainData(
  { classes, train, validation }: TrainPictures,
  graph: Graph,
  flags: FlagReader,
  { preprocessing, batchSize }: DataOptions,
): Promise<TrainData> {
  const { channels, layout, width, height } = pictureInputOf(graph, sizeFlag(flags));
  const threads = workersOf(flags);
  const input: InputOptions = {
    size: { width, height },
    colorMode: ({ 1: "grayscale", 3: "rgb", 4: "rgba" } as const)[channels],
    interpolation: flags.oneOf("interpolation", INTERPOLATIONS) ?? "nearest",
    fit: flags.has("keepAspectRatio") ? "center-crop" : "stretch",
    exif: flags.has("exif") ? "turn" : "ignore",
    preprocessing,
    layout,
  };
  const augmentation = augmentationOf(flags);
  const { said, ...sampling } = samplingOf(train, flags);
  const options: Omit<TrainingPictureOptions, "order"> = {
    ...input,
    target: commonTargetKind(classOutputs(graph), classes.length),
    batchSize,
    loader: await openPictureLoader(threads),
  };
  const close = async (): Promise<void> => options.loader?.close();
  try {
    const opened = await openTrainingPictures(train, {
      ...options,
      ...sampling,
      seed: seedOf(flags),
      ...(augmentation === undefined ? {} : { augmentation }),
    });
    const order = orderAsGiven(validation?.files.length ?? 0);
    const tested = validation && (await openTrainingPictures(validation, { ...options, order }));
    return {
      train: opened,
      validation: tested,
      input,
      said: [...splitLines(flags), ...said],
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The outputs that have a loss. */
function classOutputs({ outputs, types, training }: Graph): readonly ClassOutput[] {
  return outputs.flatMap(({ name, value }, index) => {
    const loss = ofOutput(training?.losses ?? [], index) ?? "";
    const size = types.get(value)?.shape.at(-1) ?? 1;
    return loss === "" && outputs.length > 1 ? [] : [{ name, loss, size }];
  });
}

function validationFlags(flags: FlagReader): {
  readonly validation: string | undefined;
  readonly split: number | undefined;
} {
  const validation = flags.text("validation");
  const split = flags.number("validationSplit");
  if (validation !== undefined && split !== undefined) {
    fail("bad-option", "--validation and --validation-split exclude each other.");
  }
  if (flags.has("split") && split === undefined) {
    fail("bad-option", "--split is for --validation-split.");
  }
  if (split !== undefined && !(split > 0 && split < 1)) {
    fail("bad-option", `--validation-split is ${split}, expected a part between 0 and 1.`);
  }
  return { validation, split };
}

function splitLines(flags: FlagReader): readonly string[] {
  if (!flags.has("validationSplit")) return [];
  const isRandom = flags.text("split") === "random";
  return [
    isRandom
      ? `validation: pictures of each class at random (--seed ${seedOf(flags)})`
      : "validation: the first pictures of each class by name, as Keras (else --split random)",
  ];
}

function workersOf(flags: FlagReader): number | undefined {
  const workers = flags.number("workers");
  const cores = availableParallelism();
  if (workers !== undefined && workers > Math.max(64, cores)) {
    return fail("bad-option", `--workers is ${workers}, expected at most ${Math.max(64, cores)}.`, {
      hint: `More threads than cores do not help; this machine has ${cores}.`,
    });
  }
  if (workers === undefined || (Number.isSafeInteger(workers) && workers >= 0)) return workers;
  return fail("bad-option", `--workers is ${workers}, expected a whole number.`);
}

function labelled(path: string, labels: readonly string[] | undefined): PictureSet {
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  const pictures = isFile
    ? readPictureList(path, labels)
    : listClassFolder(path, labels === undefined ? {} : { labels });
  if (pictures.classes.length > 0) return pictures;
  return fail("bad-option", `The pictures of ${path} have no labels.`, {
    hint: "Write behind each name a tab and its label.",
  });
}
