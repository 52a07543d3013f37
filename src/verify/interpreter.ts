import { fail } from "../errors.ts";
import type { BlobLookup } from "../formats/coreml/open.ts";
import type { Model } from "../formats/coreml/types.gen.ts";
import type { ModelInput } from "./features.ts";
import { createNetworkInterpreter } from "./network-interpreter.ts";
import { createPipelineInterpreter, pipelineOf } from "./pipeline.ts";
import { createProgramInterpreter } from "./program/run.ts";
import type { Tensor } from "./tensor.ts";

/** What a model gives back under one output name: numbers, a label, or probabilities by label. */
export type ModelOutput = Tensor | string | number | ReadonlyMap<string | number, number>;

/** How a model is run. */
export interface RunOptions {
  /** Rounds the numbers of every blob to half precision, as the Neural Engine keeps them. */
  readonly half?: boolean;
  /** Sees every blob as it is made, inputs first. */
  readonly observe?: (name: string, blob: Tensor) => void;
}

/** A model that can be run again and again. */
export interface Interpreter {
  /** One prediction. Inputs by name; optional ones may be left out. */
  run(
    inputs: Readonly<Record<string, ModelInput>>,
    options?: RunOptions,
  ): ReadonlyMap<string, ModelOutput>;
}

/**
 * Runs a Core ML model from its message alone, on plain arrays, by the semantics of the published format: a neural
 * network, an ML Program, or a pipeline of them. `blobs` finds the weight files of programs.
 *
 * Throws `KcError`: `unsupported` for what is not computed here, `bad-config`, `bad-shape` and `bad-weights` for
 * models that are not sound, `limit` for results beyond reason, `bad-option` for inputs that do not fit.
 */
export function createInterpreter(model: Model, blobs: BlobLookup = noBlobs): Interpreter {
  if (model.mlProgram !== undefined) return createProgramInterpreter(model, blobs);
  const pipeline = pipelineOf(model);
  if (pipeline === undefined) return createNetworkInterpreter(model);
  return createPipelineInterpreter(model, pipeline, (member) => createInterpreter(member, blobs));
}

/** One prediction of a model. */
export function runCoreML(
  model: Model,
  inputs: Readonly<Record<string, ModelInput>>,
): ReadonlyMap<string, ModelOutput> {
  return createInterpreter(model).run(inputs);
}

function noBlobs(fileName: string): never {
  return fail("bad-format", `The program keeps weights in "${fileName}", which is not at hand.`);
}
