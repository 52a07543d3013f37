import { type Diagnostic, fail } from "../../errors.ts";
import type { OutputBytes } from "../../formats/bytes.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import type { JsonObject } from "../../json.ts";
import type { TracedModel } from "../../sources/keras/traced-model.ts";
import type { StateArray } from "../../train/optimizers/state.ts";
import { targetGeneration } from "./generation.ts";
import { KERAS2_WORDS } from "./keras2/words.ts";
import { KERAS3_WORDS } from "./keras3/words.ts";
import { type TrainedValues, withValues } from "./trained.ts";
import type { Words } from "./translation/words.ts";
import { writeOwn } from "./write-own.ts";
import { writeTranslated } from "./write-translated.ts";

/** How a file of Keras ends, which says what it is. */
export type KerasContainer = ".h5" | ".keras" | ".weights.h5";

/** How to write a model as a file of Keras. */
export interface WriteKerasOptions {
  readonly container: KerasContainer;
  /** In whose words; left out: those of the model's own file, and Keras 3 for `.keras` and `.weights.h5`, which older ones lack. */
  readonly keras?: KerasGeneration;
  /** What training made of the model. */
  readonly trained?: TrainedModel;
}

/** A generation of Keras that files are written for. */
export type KerasGeneration = 1 | 2 | 3;

/** What changed in a model by training. */
export interface TrainedModel {
  /** Weights by the ids that they have in the model's graph (`traced.trace.graph`); those that are missing stay. */
  readonly values: TrainedValues;
  /** The optimizer's arrays in the order of the model's own generation (`saveState`); left out: a fresh optimizer. */
  readonly optimizer?: readonly StateArray[];
  /** The weights that the optimizer's arrays belong to, in its order; left out: the arrays are in the form of the file. */
  readonly weights?: readonly WeightRef[];
  /** `training_config` in the words of the model's own generation; left out: as the file has it. */
  readonly training?: JsonObject;
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
  const source = { traced: model, trained };
  if (generation === "own") {
    return { ...writeOwn(source, container), version: traced.archive.dialect.version };
  }
  const words = generation === 1 ? undefined : WORDS[generation];
  if (words === undefined) return fail("unsupported", "not yet");
  return { ...writeTranslated(source, container, words), version: words.dialect.version };
}

const WORDS: Readonly<Record<2 | 3, Words>> = {
  2: KERAS2_WORDS,
  3: KERAS3_WORDS,
};

function applyTraining(traced: TracedModel, { values, training }: TrainedModel): TracedModel {
  const changed = withValues(traced, values);
  return training === undefined
    ? changed
    : { ...changed, archive: { ...changed.archive, training } };
}
