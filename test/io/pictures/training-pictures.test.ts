import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { applyTransform } from "../../../src/image/augment/apply-transform.ts";
import { drawTransform, parseAugmentation } from "../../../src/image/augment/augmentation.ts";
import { prepareNumbers } from "../../../src/image/prepare.ts";
import { PRESETS } from "../../../src/image/preprocessing.ts";
import { pictureBatches } from "../../../src/io/pictures/batches.ts";
import { listClassFolder } from "../../../src/io/pictures/class-folder.ts";
import { openPictureLoader } from "../../../src/io/pictures/loader.ts";
import type { PictureSet } from "../../../src/io/pictures/picture-set.ts";
import {
  openTrainingPictures,
  type TrainingPictureOptions,
} from "../../../src/io/pictures/training-pictures.ts";
import { randomAt } from "../../../src/random.ts";
import { orderAsGiven, shuffledOrder } from "../../../src/train/sample-order.ts";
import type { TrainingBatch, TrainingData } from "../../../src/train/training-data.ts";
import { DIGITS } from "../../digits.ts";
import { temporaryFolder } from "../../temporary.ts";

const size = { width: 8, height: 8 };
const base = { size, preprocessing: PRESETS.tf, target: "one-hot", threads: 0 } as const;

function open(set: PictureSet, options: Partial<TrainingPictureOptions> = {}) {
  const order = shuffledOrder(set.files.length, 3);
  return openTrainingPictures(set, { ...base, order, ...options });
}

async function epochOf(data: TrainingData, epoch: number, first?: number) {
  const batches: TrainingBatch[] = [];
  for await (const batch of data.epoch(epoch, first)) batches.push(batch);
  return batches;
}

/** Thirteen digits of all classes. */
function digits(): PictureSet {
  const set = listClassFolder(DIGITS.test);
  return { ...set, files: set.files.filter((_, index) => index % 29 === 0) };
}

async function inputsOf(set: PictureSet): Promise<readonly Float32Array[]> {
  const [batch] = await collect(pictureBatches(set.files, { ...base, batchSize: 100 }));
  return set.files.map(
    (_, at) => batch?.inputs.slice(at * 192, (at + 1) * 192) ?? new Float32Array(),
  );
}

async function collect<T>(batches: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

describe("openTrainingPictures", () => {
  it("gives every picture once an epoch, with its class, the last batch smaller", async () => {
    const set = digits();
    const data = await open(set, { batchSize: 5 });
    const batches = await epochOf(data, 0);
    expect([data.samples, data.batches]).toEqual([13, 3]);
    expect(batches.map(({ number, samples }) => [number, samples.length])).toEqual([
      [0, 5],
      [1, 5],
      [2, 3],
    ]);
    const samples = batches.flatMap((batch) => batch.samples);
    expect(samples.toSorted((a, b) => a - b)).toEqual(set.files.map((_, index) => index));
    expect(samples).not.toEqual(set.files.map((_, index) => index));
    const wanted = await inputsOf(set);
    for (const { samples: own, inputs, target } of batches) {
      expect(inputs[0]?.shape).toEqual([own.length, 8, 8, 3]);
      own.forEach((sample, row) => {
        const numbers = inputs[0]?.data.slice(row * 192, (row + 1) * 192);
        expect(numbers).toEqual(wanted[sample]);
        expect(target.slice(row * 10, (row + 1) * 10).indexOf(1)).toBe(set.files[sample]?.label);
      });
    }
    await data.close();
  });

  it("gives any of its samples by their numbers, and what a loss is told of them", async () => {
    const data = await open(digits(), {
      batchSize: 5,
      classWeights: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    });
    const [first] = await epochOf(data, 1);
    const order = data.order(1);
    expect(order.slice(0, 5)).toEqual(first?.samples);
    expect(await collect(data.load(order.slice(0, 5)))).toEqual([first]);
    const { target, weights } = data.answers(order.slice(0, 5));
    expect([target, weights]).toEqual([first?.target, first?.weights]);
    await data.close();
  });

  it("shuffles every epoch anew, and goes on at any batch of it", async () => {
    const data = await open(digits(), { batchSize: 5 });
    const [zero, one] = [await epochOf(data, 0), await epochOf(data, 1)];
    expect(one.flatMap(({ samples }) => samples)).not.toEqual(
      zero.flatMap(({ samples }) => samples),
    );
    const again = await open(digits(), { batchSize: 5 });
    expect(await epochOf(again, 1, 1)).toEqual(one.slice(1));
  });

  it("tells classes as the loss wants them", async () => {
    const set = digits();
    const order = orderAsGiven(set.files.length);
    const data = await open(set, { target: "sparse", order });
    const [batch] = await epochOf(data, 0);
    expect([...(batch?.target ?? [])]).toEqual(set.files.map(({ label }) => label));
  });

  it("weighs samples by their class and by themselves", async () => {
    const set = digits();
    const order = orderAsGiven(set.files.length);
    const classWeights = Array.from({ length: 10 }, (_, label) => 1 + label);
    const sampleWeights = set.files.map((_, index) => (index === 0 ? 0 : 0.5));
    const [batch] = await epochOf(await open(set, { order, classWeights, sampleWeights }), 0);
    expect([...(batch?.weights ?? [])]).toEqual(
      set.files.map(({ label = 0 }, index) => (index === 0 ? 0 : 0.5 * (1 + label))),
    );
  });

  it("leaves out what cannot be read, tells it once, and keeps the other batches as they were", async () => {
    const folder = temporaryFolder();
    const { files } = listClassFolder(DIGITS.test);
    for (const [index, { path }] of files.slice(0, 8).entries()) {
      const own = join(folder, index < 4 ? "a" : "b");
      mkdirSync(own, { recursive: true });
      copyFileSync(path, join(own, `${index}.png`));
    }
    writeFileSync(join(folder, "a/1.png"), "no picture");
    writeFileSync(join(folder, "b/5.png"), "");
    const set = listClassFolder(folder);
    const data = await open(set, { batchSize: 2, order: orderAsGiven(set.files.length) });
    const batches = [...(await epochOf(data, 0)), ...(await epochOf(data, 1))];
    expect(batches.map(({ number, samples }) => [number, samples])).toEqual(
      [0, 1].flatMap(() => [
        [0, [0]],
        [1, [2, 3]],
        [2, [4, 5]],
        [3, [6]],
      ]),
    );
    expect(batches[0]?.inputs[0]?.shape).toEqual([1, 8, 8, 3]);
    expect(data.faults).toEqual([
      { name: "b/5.png", why: "It is empty." },
      { name: "a/1.png", why: "This is no picture, expected JPEG, PNG, WebP, GIF or BMP." },
    ]);
  });

  it("moves the others up where many pictures of a batch cannot be read", async () => {
    const folder = temporaryFolder();
    const set = digits();
    for (const [index, { path }] of set.files.entries()) {
      const own = join(folder, index < 7 ? "a" : "b");
      mkdirSync(own, { recursive: true });
      const name = join(own, `${10 + index}.png`);
      if ([1, 2, 9].includes(index)) writeFileSync(name, "no picture");
      else copyFileSync(path, name);
    }
    const order = orderAsGiven(set.files.length);
    const data = await open(listClassFolder(folder), { batchSize: 13, order });
    const [batch] = await epochOf(data, 0);
    const good = [0, 3, 4, 5, 6, 7, 8, 10, 11, 12];
    expect(batch?.samples).toEqual(good);
    const wanted = await inputsOf(set);
    good.forEach((sample, row) => {
      const numbers = batch?.inputs[0]?.data.slice(row * 192, (row + 1) * 192);
      expect(numbers).toEqual(wanted[sample]);
    });
  });

  it("uses the memory of batches again that are given back, and of no others", async () => {
    const data = await open(digits(), { batchSize: 5 });
    const memoryOf = (batch: TrainingBatch) => batch.inputs[0]?.data.buffer;
    const given = await epochOf(data, 0);
    const copies = given.map(({ inputs }) => inputs[0]?.data.slice());
    const [first, second, third] = given;
    if (first === undefined || second === undefined) throw new Error("there are no batches");
    for (const batch of [first, first, second]) data.release?.(batch);
    const again = await epochOf(data, 1);
    const memories = new Set(again.map(memoryOf));
    expect(memories.size).toBe(3);
    expect(memories).toContain(memoryOf(first));
    expect(memories).toContain(memoryOf(second));
    expect(third?.inputs[0]?.data).toEqual(copies[2]);
  });

  it("changes pictures at random, otherwise every epoch and for each time that a sample comes", async () => {
    const set = digits();
    const augmentation = parseAugmentation({ rotationRange: 30, zoomRange: 0.2 });
    const order = { samples: 4, of: () => [0, 0, 1, 2] };
    const data = await open(set, { augmentation, order, seed: 5 });
    const [[zero], [one]] = [await epochOf(data, 0), await epochOf(data, 1)];
    expect(data.augmented).toBe(true);
    const rows = (batch: TrainingBatch | undefined) =>
      order.of().map((_, row) => batch?.inputs[0]?.data.slice(row * 192, (row + 1) * 192));
    const [first, again] = rows(zero);
    expect(first).not.toEqual(again);
    expect(rows(one)[0]).not.toEqual(first);
    const wanted = await inputsOf(set);
    expect(wanted[0]).not.toEqual(first);
    // The same sample in another batch, and from another start.
    const other = await open(set, { augmentation, order: { samples: 1, of: () => [1] }, seed: 5 });
    expect(rows((await epochOf(other, 1))[0])[0]).toEqual(rows(one)[2]);
  });

  it("changes a picture as ImageDataGenerator does, before it is prepared", async () => {
    const set = digits();
    const augmentation = parseAugmentation({ rotationRange: 30, brightnessRange: [0.5, 0.5] });
    const data = await open(set, {
      augmentation,
      order: orderAsGiven(13),
      preprocessing: PRESETS.caffe,
    });
    const [batch] = await epochOf(data, 2);
    const [raw] = await collect(
      pictureBatches(set.files, { ...base, preprocessing: PRESETS.none, batchSize: 13 }),
    );
    const picture = {
      width: 8,
      height: 8,
      channels: 3,
      data: raw?.inputs.slice(192, 384) ?? new Float32Array(),
    } as const;
    const random = randomAt(0, { purpose: "augmentation", time: 2, item: 1 });
    const transform = drawTransform(augmentation, size, random);
    const changed = applyTransform(picture, transform, augmentation);
    expect(batch?.inputs[0]?.data.slice(192, 384)).toEqual(
      prepareNumbers(changed, { preprocessing: PRESETS.caffe }),
    );
  });

  it("reads each file once where there is room for its pixels, and every epoch where there is none", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "a"));
    const [digit] = digits().files;
    copyFileSync(digit?.path ?? "", join(folder, "a/0.png"));
    copyFileSync(digit?.path ?? "", join(folder, "a/1.png"));
    const set = listClassFolder(folder);
    const order = orderAsGiven(2);
    const data = await open(set, { order, keepBytes: 192 });
    const before = await epochOf(data, 0);
    for (const { path } of set.files) rmSync(path);
    const [after] = await epochOf(data, 1);
    expect(after?.samples).toEqual([0]);
    expect(after?.inputs[0]?.data).toEqual(before[0]?.inputs[0]?.data.subarray(0, 192));
    expect(data.faults).toEqual([
      { name: "a/1.png", why: "It cannot be read: it does not exist." },
    ]);
  });

  it("takes the mean of each picture off where it is told to", async () => {
    const data = await open(digits(), { samplewise: "center" });
    const [batch] = await epochOf(data, 0);
    const sum = batch?.inputs[0]?.data.slice(0, 192).reduce((total, value) => total + value, 0);
    expect(sum).toBeCloseTo(0, 4);
  });

  it("stops at once when it is told to", async () => {
    const data = await open(digits(), { batchSize: 2 });
    const controller = new AbortController();
    let seen = 0;
    const run = async () => {
      for await (const { samples } of data.epoch(0, 0, controller.signal)) {
        seen += samples.length;
        controller.abort(new Error("enough"));
      }
    };
    await expect(run()).rejects.toThrow("enough");
    expect(seen).toBe(2);
  });

  it("shares threads with other data, and leaves them open", async () => {
    let closed = 0;
    const own = await openPictureLoader(0);
    const loader = { ...own, close: async () => void closed++ };
    const data = await open(digits(), { loader });
    expect((await epochOf(data, 0)).length).toBe(1);
    await data.close();
    expect(closed).toBe(0);
  });

  it("refuses pictures without labels", async () => {
    const set = digits();
    const files = set.files.map((file) => ({ ...file, label: undefined }));
    await expect(open({ ...set, files, classes: [] })).rejects.toThrow("has no label");
  });
});
