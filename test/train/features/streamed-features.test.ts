import { beforeAll, expect, it } from "vitest";
import { CPU_BACKEND } from "../../../src/backends/cpu.ts";
import { parseAugmentation } from "../../../src/image/augment/augmentation.ts";
import { PRESETS } from "../../../src/image/preprocessing.ts";
import { listClassFolder } from "../../../src/io/pictures/class-folder.ts";
import { openTrainingPictures } from "../../../src/io/pictures/training-pictures.ts";
import { dropoutNumbers } from "../../../src/train/dropout-numbers.ts";
import { frozenBase } from "../../../src/train/features/frozen-base.ts";
import { streamedFeatures } from "../../../src/train/features/streamed-features.ts";
import { shuffledOrder } from "../../../src/train/sample-order.ts";
import { createTrainer } from "../../../src/train/trainer.ts";
import type { TrainingData } from "../../../src/train/training-data.ts";
import { DIGITS } from "../../digits.ts";
import { digitsSplit } from "./digits-split.ts";

beforeAll(async () => {
  await CPU_BACKEND.load();
});

it("train as the whole model does on pictures that change from epoch to epoch", async () => {
  const { graph, split, size } = digitsSplit();
  const set = listClassFolder(DIGITS.test);
  const files = set.files.filter((_, index) => index % 29 === 0);
  const data = await openTrainingPictures(
    { ...set, files },
    {
      size,
      preprocessing: PRESETS.tf,
      target: "one-hot",
      order: shuffledOrder(files.length, 3),
      batchSize: 5,
      threads: 0,
      seed: 3,
      augmentation: parseAugmentation({ rotationRange: 20, zoomRange: 0.2 }),
    },
  );
  const base = frozenBase(split, await (await CPU_BACKEND.load()).open(split.base));
  const streamed = streamedFeatures(data, base);
  expect(streamed.augmented).toBe(true);
  const options = { random: dropoutNumbers(3), frozenNorm: "stored" } as const;
  const whole = await lossesOf(createTrainer(graph, options), data);
  const behind = await lossesOf(createTrainer(split.tail, options), streamed);
  expect(behind).toHaveLength(6);
  behind.forEach((loss, step) => {
    expect(Math.abs(loss / (whole[step] ?? Number.NaN) - 1)).toBeLessThan(1e-5);
  });
  await base.dispose();
  await data.close();
});

async function lossesOf(
  trainer: ReturnType<typeof createTrainer>,
  data: TrainingData,
): Promise<readonly number[]> {
  const losses: number[] = [];
  for (const epoch of [0, 1]) {
    for await (const batch of data.epoch(epoch)) losses.push((await trainer.step(batch)).loss);
  }
  trainer.dispose();
  return losses;
}

it("gives the memory of a batch back, unless the part behind the cut reads it too", async () => {
  const batch = {
    number: 0,
    samples: [0],
    inputs: [{ shape: [1, 2], data: Float32Array.of(1, 2) }],
    target: Float32Array.of(1),
  };
  for (const passes of [false, true]) {
    const released: unknown[] = [];
    const data: TrainingData = {
      samples: 1,
      batchSize: 1,
      batches: 1,
      augmented: true,
      faults: [],
      async *epoch() {
        yield batch;
      },
      release: (one) => void released.push(one),
      close: async () => {},
    };
    const made = { shape: [1, 1], data: Float32Array.of(3) };
    const streamed = streamedFeatures(data, {
      features: async (inputs) => (passes ? [made, ...inputs] : [made]),
      dispose: async () => {},
    });
    for await (const { inputs } of streamed.epoch(0)) expect(inputs[0]).toBe(made);
    expect(released).toEqual(passes ? [] : [batch]);
  }
});
