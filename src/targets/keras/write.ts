import { type Diagnostic, KcError } from "../../errors.ts";
import type { OutputBytes } from "../../formats/bytes.ts";
import type { TrainingSetup } from "../../ir/graph.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import type { Dialect } from "../../sources/keras/layer-spec.ts";
import { allLayers, type LayerConfig } from "../../sources/keras/topology.ts";
import type { TracedModel } from "../../sources/keras/traced-model.ts";
import type { StateArray } from "../../train/optimizers/state.ts";
import { targetGeneration } from "./generation.ts";
import { KERAS1_WORDS } from "./keras1/words.ts";
import { KERAS2_WORDS } from "./keras2/words.ts";
import { keras3Operation } from "./keras3/operations.ts";
import { KERAS3_WORDS } from "./keras3/words.ts";
import type { KerasSource } from "./source.ts";
import { statedTraining, withRate } from "./stated-training.ts";
import { TF_KERAS_WORDS } from "./tf-keras/words.ts";
import { type TrainedValues, withValues } from "./trained.ts";
import { isOperationLayer } from "./translation/operation-layers.ts";
import type { Words } from "./translation/words.ts";
import { writeKeras2 } from "./write-keras2.ts";
import { writeOwn } from "./write-own.ts";
import { writeTranslated } from "./write-translated.ts";

/** How a file of Keras ends, which says what it is. */
export type KerasContainer = ".h5" | ".keras" | ".weights.h5";

/** How to write a model as a file of Keras. */
export interface WriteKerasOptions {
  readonly container: KerasContainer;
  /**
   * In whose words; left out: those of the model's own file, and Keras 3 for `.keras` and `.weights.h5`, which older ones lack. 2: those
   * that Keras 2.2.4 and tf.keras share, and where they do not suffice those of tf.keras 2.15, which a warning tells.
   */
  readonly keras?: KerasGeneration;
  /** What training made of the model. */
  readonly trained?: TrainedModel;
}

/** A generation of Keras that files are written for; `tf`: tf.keras of TensorFlow 2. */
export type KerasGeneration = 1 | 2 | "tf" | 3;

/** What changed in a model by training. */
export interface TrainedModel {
  /** Weights by the ids that they have in the model's graph (`traced.trace.graph`); those that are missing stay. */
  readonly values: TrainedValues;
  /** The optimizer's arrays in the order of the model's own generation (`saveState`); left out: a fresh optimizer. */
  readonly optimizer?: readonly StateArray[];
  /** The weights that the optimizer's arrays belong to, in its order; left out: the arrays are in the form of the file. */
  readonly weights?: readonly WeightRef[];
  /** How the model was trained, where not as its file says. */
  readonly setup?: TrainingSetup;
  /** At the end, where it is another than at the start; left out where a schedule says it. */
  readonly learningRate?: number;
}

/** A file and what its reader should know. */
export type WrittenFile = Pick<KerasResult, "file" | "warnings">;

/** A Keras file, ready to be written. */
export interface KerasResult {
  readonly file: OutputBytes;
  /** Of the Keras in whose words it is. */
  readonly version: string;
  readonly warnings: readonly Diagnostic[];
}

/**
 * A model as a file of Keras. In the words of its own generation everything that did not change stays as it is in its file:
 * configs, names, numbers bit for bit. Weights are read while the file is written. Throws `unsupported` with all that stands in
 * the way.
 */
export function writeKeras(traced: TracedModel, options: WriteKerasOptions): KerasResult {
  const { container, trained } = options;
  const generation = targetGeneration(traced, options);
  const model = trained === undefined ? traced : applyTraining(traced, trained);
  const source = { traced: model, trained, untrained: traced };
  const unsaid = trained?.setup !== undefined && model.archive.training === undefined;
  const write = (words: typeof generation): KerasResult => written(source, container, words);
  const { file, warnings, version } =
    generation === 2 ? writeKeras2(traced, container, write) : write(generation);
  return { file, version, warnings: unsaid ? [...warnings, UNSAID] : warnings };
}

const UNSAID: Diagnostic = {
  code: "unsupported",
  text: "How the model was trained is left out: its Keras lacks a part of it.",
  hint: "Compile the model again after loading it.",
};

function written(
  source: KerasSource,
  container: KerasContainer,
  generation: "own" | KerasGeneration,
): KerasResult {
  if (generation === "own") {
    const file =
      writeInLayers(source, container) ??
      writeSaidAnew(source, container) ??
      writeOwn(source, container);
    return { ...file, version: source.traced.archive.dialect.version };
  }
  const words = container === ".h5" ? inLayers(WORDS[generation]) : WORDS[generation];
  return { ...writeTranslated(source, container, words), version: words.dialect.version };
}

/**
 * Keras 3 writes operations into HDF5 files and looks for them among its layers when it reads them, in vain: layers say what they compute.
 * Undefined for models without operations, and for those out of such a file that layers cannot say.
 */
function writeInLayers(source: KerasSource, container: KerasContainer): WrittenFile | undefined {
  const { archive, model } = source.traced;
  const { dialect } = archive;
  if (container !== ".h5" || dialect.generation !== 3) return undefined;
  if (!allLayers(model).some((layer) => isOperationLayer(layer, dialect))) return undefined;
  const words = inLayers({ ...KERAS3_WORDS, dialect, verbatim: true });
  const write = () => writeTranslated(source, container, words);
  return archive.container === "legacy HDF5" ? unlessUnsupported(write) : write();
}

/** Words that say operations in layers. */
function inLayers({ operation: _, ...words }: Words): Words {
  return words;
}

/**
 * HDF5 files of Keras 3 do not say where operations are defined, and Keras does not find them in an archive either: such models are said
 * anew. Undefined for others, and where that cannot be.
 */
function writeSaidAnew(source: KerasSource, container: KerasContainer): WrittenFile | undefined {
  const { archive, model } = source.traced;
  const { dialect } = archive;
  const unsaid = dialect.generation === 3 && archive.container === "legacy HDF5";
  if (!unsaid || container !== ".keras") return undefined;
  const layers = allLayers(model);
  const plain = layers.every(({ config: { dtype = "float32" } }) => typeof dtype === "string");
  if (!plain || !layers.some((layer) => isLost(layer, dialect))) return undefined;
  return unlessUnsupported(() => writeTranslated(source, container, { ...KERAS3_WORDS, dialect }));
}

function unlessUnsupported(write: () => WrittenFile): WrittenFile | undefined {
  try {
    return write();
  } catch (error) {
    if (error instanceof KcError && error.code === "unsupported") return undefined;
    throw error;
  }
}

/** An operation, or a layer whose setting Keras takes for the name of a function. */
function isLost(layer: LayerConfig, dialect: Dialect): boolean {
  return layer.className === "Attention" || keras3Operation(layer, dialect) !== undefined;
}

const WORDS: Readonly<Record<KerasGeneration, Words>> = {
  1: KERAS1_WORDS,
  2: KERAS2_WORDS,
  tf: TF_KERAS_WORDS,
  3: KERAS3_WORDS,
};

function applyTraining(traced: TracedModel, trained: TrainedModel): TracedModel {
  const { values, setup, learningRate } = trained;
  const changed = withValues(traced, values);
  const { archive, model } = changed;
  const outputs = model.outputs.map(({ layer }) => layer);
  const stated =
    setup === undefined ? archive.training : statedTraining(setup, archive.dialect, outputs);
  const training =
    stated === undefined || learningRate === undefined ? stated : withRate(stated, learningRate);
  if (training === archive.training) return changed;
  const { training: _, ...rest } = archive;
  return { ...changed, archive: training === undefined ? rest : { ...rest, training } };
}
