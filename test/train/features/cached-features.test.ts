import { appendFileSync, copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { CPU_BACKEND } from "../../../src/backends/cpu.ts";
import { PRESETS } from "../../../src/image/preprocessing.ts";
import { openPictureRows } from "../../../src/io/features/picture-rows.ts";
import { listClassFolder } from "../../../src/io/pictures/class-folder.ts";
import type { PictureSet } from "../../../src/io/pictures/picture-set.ts";
import { openTrainingPictures } from "../../../src/io/pictures/training-pictures.ts";
import { buildTfjs } from "../../../src/targets/tfjs/index.ts";
import { cachedFeatures } from "../../../src/train/features/cached-features.ts";
import { type FeatureStore, memoryStore } from "../../../src/train/features/feature-store.ts";
import {
  featureLength,
  featureShapes,
  frozenBase,
} from "../../../src/train/features/frozen-base.ts";
import { streamedFeatures } from "../../../src/train/features/streamed-features.ts";
import { orderAsGiven, shuffledOrder } from "../../../src/train/sample-order.ts";
import type { TrainingBatch, TrainingData } from "../../../src/train/training-data.ts";
import { DIGITS, digitsCase, digitsProbabilities } from "../../digits.ts";
import { temporaryFolder } from "../../temporary.ts";
import { digitsSplit } from "./digits-split.ts";

const SPACE = "ab".repeat(32);
const { split, size } = digitsSplit();
const shapes = featureShapes(split.tail);
const kind = { space: SPACE, length: featureLength(shapes) };

describe("features that are computed once", () => {
  it("give Keras' probabilities behind the cut", async () => {
    const set = someDigits();
    const { data } = await open(set, memoryStore(), orderAsGiven(set.files.length));
    const tail = buildTfjs(split.tail);
    const [name = ""] = split.tail.inputs.map((port) => port.name);
    const expected = digitsProbabilities();
    for (const { samples, inputs } of await epochOf(data, 0)) {
      const [input = { shape: [], data: new Float32Array() }] = inputs;
      const [scores] = tail.predict(new Map([[name, input]]));
      samples.forEach((sample, row) => {
        const at = digitsCase.filenames.indexOf(set.files[sample]?.name ?? "");
        scores?.data.slice(row * 10, (row + 1) * 10).forEach((score, c) => {
          expect(score).toBeCloseTo(expected[at * 10 + c] ?? Number.NaN, 5);
        });
      });
    }
  });

  it("come in the order and with the targets and numbers of those that are computed batch by batch", async () => {
    const set = someDigits();
    const { data } = await open(set, memoryStore());
    const source = await pictures(set);
    const base = await openBase();
    const streamed = streamedFeatures(source, base);
    for (const epoch of [0, 1]) {
      expect(await epochOf(data, epoch)).toEqual(await epochOf(streamed, epoch));
      expect(await epochOf(data, epoch, 2)).toEqual(await epochOf(streamed, epoch, 2));
    }
    await base.dispose();
    await source.close();
  });

  it("are found on disk by the next run, bit for bit, under other names too", async () => {
    const [set, folder] = [someDigits(), temporaryFolder()];
    const first = await open(set, rows(set, folder));
    expect(first.computed).toEqual([0, 13]);
    const renamed = copied(set);
    const second = await open(renamed, rows(renamed, folder));
    expect(second.computed).toEqual([]);
    expect(await epochOf(second.data, 3)).toEqual(await epochOf(first.data, 3));
  });

  it("are read from the disk where memory has no room for all", async () => {
    const [set, folder] = [someDigits(), temporaryFolder()];
    const { data } = await open(
      set,
      openPictureRows(pathsOf(set), { ...kind, folder, memory: "none" }),
    );
    const all = await open(set, memoryStore());
    expect(await epochOf(data, 1)).toEqual(await epochOf(all.data, 1));
  });

  it("are computed anew where a row was damaged", async () => {
    const [set, folder] = [someDigits(), temporaryFolder()];
    const first = await open(set, rows(set, folder));
    const [file = ""] = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".rows"),
    );
    const bytes = readFileSync(join(folder, file));
    writeFileSync(join(folder, file), bytes.with(bytes.length - 1, (bytes.at(-1) ?? 0) ^ 1));
    const second = await open(set, rows(set, folder));
    expect(second.computed).toEqual([12, 13]);
    expect(await epochOf(second.data, 1)).toEqual(await epochOf(first.data, 1));
    expect((await open(set, rows(set, folder))).computed).toEqual([]);
  });

  it("are those of the picture's bytes, not of its name", async () => {
    const [set, folder] = [copied(someDigits()), temporaryFolder()];
    await open(set, rows(set, folder));
    appendFileSync(set.files[0]?.path ?? "", "more");
    expect((await open(set, rows(set, folder))).computed).toEqual([12, 13]);
  });

  it("leave out what is no picture, and say so, in each run", async () => {
    const [set, folder] = [copied(someDigits()), temporaryFolder()];
    writeFileSync(set.files[4]?.path ?? "", "no picture");
    for (const computed of [
      [0, 12],
      [12, 12],
    ]) {
      const run = await open(set, rows(set, folder));
      expect(run.computed).toEqual(computed);
      expect(run.data.faults.map(({ name }) => name)).toEqual([set.files[4]?.name]);
      const samples = (await epochOf(run.data, 0)).flatMap((batch) => batch.samples);
      expect(samples).toHaveLength(12);
      expect(samples).not.toContain(4);
    }
  });

  it("are kept as far as they are when the run is interrupted", async () => {
    const [set, folder] = [someDigits(), temporaryFolder()];
    const controller = new AbortController();
    const stopped = open(set, rows(set, folder), undefined, {
      signal: controller.signal,
      onProgress: (done) => done >= 5 && controller.abort(new Error("stopped")),
    });
    await expect(stopped).rejects.toThrow("stopped");
    expect((await open(set, rows(set, folder))).computed).toEqual([5, 13]);
  });
});

beforeAll(async () => {
  await CPU_BACKEND.load();
});

/** Thirteen digits of all classes. */
function someDigits(): PictureSet {
  const set = listClassFolder(DIGITS.test);
  return { ...set, files: set.files.filter((_, index) => index % 29 === 0) };
}

function copied(set: PictureSet): PictureSet {
  const folder = temporaryFolder();
  const files = set.files.map((file, index) => {
    const path = join(folder, `${index}.png`);
    copyFileSync(file.path, path);
    return { ...file, path };
  });
  return { ...set, files };
}

function pathsOf({ files }: PictureSet): readonly string[] {
  return files.map(({ path }) => path);
}

function rows(set: PictureSet, folder: string): FeatureStore {
  return openPictureRows(pathsOf(set), { ...kind, folder, memory: "all rows" });
}

function pictures(set: PictureSet, order = shuffledOrder(set.files.length, 3)) {
  const preprocessing = PRESETS.tf;
  return openTrainingPictures(set, {
    size,
    preprocessing,
    colorMode: "rgb",
    target: "one-hot",
    order,
    batchSize: 5,
    threads: 0,
  });
}

async function openBase() {
  return frozenBase(split, await (await CPU_BACKEND.load()).open(split.base));
}

interface Hooks {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number) => void;
}

/** The data, and how many samples had features before and after they were computed; nothing where all were there. */
async function open(
  set: PictureSet,
  store: FeatureStore,
  order?: ReturnType<typeof orderAsGiven>,
  { signal, onProgress }: Hooks = {},
) {
  const told: number[] = [];
  const data = await cachedFeatures(await pictures(set, order), {
    samples: set.files.map((_, index) => index),
    shapes,
    store,
    openBase,
    onProgress: (done) => {
      told.push(done);
      onProgress?.(done);
    },
    ...(signal === undefined ? {} : { signal }),
  });
  return { data, computed: told.length === 0 ? [] : [told[0], told.at(-1)] };
}

async function epochOf(data: TrainingData, epoch: number, first?: number) {
  const batches: TrainingBatch[] = [];
  for await (const batch of data.epoch(epoch, first)) batches.push(batch);
  return batches;
}
