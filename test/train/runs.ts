import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { bytesSource } from "../../src/formats/bytes.ts";
import type { Graph } from "../../src/ir/graph.ts";
import { readKeras } from "../../src/sources/keras/index.ts";
import type { Batch } from "../../src/train/trainer.ts";
import { FIXTURES } from "../cases.ts";

/** What Keras wrote of a run: `fixtures/generators/training_224.py` and `training_tf215.py`. */
export interface TrainingRun {
  readonly name: string;
  readonly loss?: string;
  readonly fit?: {
    readonly class_weight?: Readonly<Record<string, number>>;
    readonly sample_weight?: boolean;
    readonly lr_change?: boolean;
  };
  readonly steps: readonly { readonly loss: number }[];
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
  suite: "training" | "training_tf215",
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
