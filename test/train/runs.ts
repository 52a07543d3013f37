import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { createDiagnostics } from "../../src/errors.ts";
import { bytesSource } from "../../src/formats/bytes.ts";
import type { Graph } from "../../src/ir/graph.ts";
import { readKeras } from "../../src/sources/keras/index.ts";
import { openModel } from "../../src/sources/keras/open-model.ts";
import { readOptimizerState } from "../../src/sources/keras/optimizer-state.ts";
import type { Batch } from "../../src/train/batch.ts";
import type { SavedArray } from "../../src/train/optimizers/state.ts";
import { FIXTURES } from "../cases.ts";

/** What Keras wrote of a run: `fixtures/generators/training_224.py`, `training_tf215.py` and `training_k3.py`. */
export interface TrainingRun {
  readonly name: string;
  readonly loss?: string;
  readonly fit?: {
    readonly class_weight?: Readonly<Record<string, number>>;
    readonly sample_weight?: boolean;
    readonly lr_change?: boolean;
  };
  readonly steps: readonly { readonly loss: number }[];
  readonly evaluate_before?: { readonly loss: number };
  readonly evaluate_after?: { readonly loss: number };
  readonly weights_after: {
    readonly weights: readonly {
      readonly name: string;
      readonly shape: readonly number[];
      readonly offset_floats: number;
    }[];
  };
}

interface Data {
  readonly labels: readonly number[];
}

const BATCH = 8;
const SHAPE = [BATCH, 12, 12, 3];
const PIXELS = 12 * 12 * 3;

const { labels }: Data = JSON.parse(read("training/data/data.json").toString());
const images = floats(gunzipSync(read("training/data/images.bin.gz")));

/** All runs of a folder by name. */
export function runsOf(
  suite: "training" | "training_tf215" | "training_k3",
): readonly (readonly [string, TrainingRun])[] {
  return readdirSync(join(FIXTURES, suite))
    .filter((name) => name !== "data" && !name.includes("."))
    .map((name) => [name, JSON.parse(read(`${suite}/${name}/steps.json`).toString())] as const);
}

/** The model that a run started with. */
export function startOf(suite: string, name: string): Graph {
  const [file = ""] = readdirSync(join(FIXTURES, suite, name)).filter((one) =>
    one.startsWith("model_step0"),
  );
  const bytes = gunzipSync(read(`${suite}/${name}/${file}`));
  return readKeras(bytesSource(bytes, file)).graph;
}

/** The model that a run had after three steps; undefined where it is not kept. */
export function savedOf(suite: string, name: string): SavedRun | undefined {
  const file = readdirSync(join(FIXTURES, suite, name)).find((one) =>
    one.startsWith("model_step3"),
  );
  if (file === undefined) return undefined;
  const source = bytesSource(gunzipSync(read(`${suite}/${name}/${file}`)), file);
  const { archive } = openModel(source, {}, createDiagnostics());
  const optimizer = readOptimizerState(archive.optimizer).map((slot) => {
    const values = new Float64Array(slot.count);
    slot.dataset.readInto(values, 0);
    return { name: slot.name, shape: slot.shape, values };
  });
  return { graph: readKeras(source).graph, optimizer };
}

/** A checkpoint: the model, and its optimizer's arrays in the file's order. */
export interface SavedRun {
  readonly graph: Graph;
  readonly optimizer: readonly SavedArray[];
}

/** All weights after step 5. */
export function weightsAfter(suite: string, name: string): Float32Array {
  return floats(read(`${suite}/${name}/weights_step5.bin`));
}

/** The batch of a step, from 0. */
export function batchOf(
  { loss = "categorical_crossentropy", fit = {} }: TrainingRun,
  step: number,
): Batch {
  const first = (BATCH * step) % labels.length;
  const own = labels.slice(first, first + BATCH);
  const { class_weight: byClass, sample_weight: bySample } = fit;
  const weights = own.map((label, i) => {
    if (bySample === true) return (first + i + 1) / 4;
    return byClass?.[label] ?? 1;
  });
  return {
    inputs: [{ shape: SHAPE, data: images.slice(first * PIXELS, (first + BATCH) * PIXELS) }],
    target: Float32Array.from(own.flatMap((label) => targetOf(loss, label))),
    weights: Float32Array.from(weights),
  };
}

/** All images, as Keras' `evaluate` was given them. */
export function wholeOf({ loss = "categorical_crossentropy" }: TrainingRun): Batch {
  const [, ...shape] = SHAPE;
  return {
    inputs: [{ shape: [labels.length, ...shape], data: images }],
    target: Float32Array.from(labels.flatMap((label) => targetOf(loss, label))),
  };
}

function targetOf(loss: string, label: number): readonly number[] {
  if (loss.startsWith("sparse")) return [label];
  if (loss.startsWith("binary")) return [label === 0 ? 1 : 0];
  return [0, 1, 2, 3].map((one) => (one === label ? 1 : 0));
}

function read(path: string): Buffer {
  return readFileSync(join(FIXTURES, path));
}

function floats(bytes: Buffer): Float32Array {
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
