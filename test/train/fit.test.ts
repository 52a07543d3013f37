import { beforeAll, describe, expect, it } from "vitest";
import type { Callback, Logs } from "../../src/train/callback.ts";
import { type FitOptions, type FitProgress, fitModel } from "../../src/train/fit.ts";
import { metricsOf } from "../../src/train/metrics/resolve-metrics.ts";
import { createTrainer, type Trainer } from "../../src/train/trainer.ts";
import { activateBackend, BACKENDS } from "../targets/tfjs/backends.ts";
import { runData } from "./run-data.ts";
import { startOf } from "./runs.ts";

beforeAll(() => activateBackend(BACKENDS[0] ?? ""));

function trainerOf(name = "sgd"): Trainer {
  const random = () => (count: number) => new Float32Array(count);
  return createTrainer(startOf("training", name), { random });
}

describe("fitModel", () => {
  it("measures each epoch by all its samples, and the validation after it", async () => {
    const trainer = trainerOf();
    const { metrics } = metricsOf(trainer.graph, ["accuracy"]);
    const { history, epoch } = await fitModel(trainer, runData(5), {
      epochs: 2,
      metrics,
      validation: runData(2),
    });
    expect(epoch).toEqual([0, 1]);
    expect(Object.keys(history)).toEqual(["loss", "acc", "val_loss", "val_acc"]);
    const lone = trainerOf();
    const losses: number[] = [];
    for await (const batch of runData(5).epoch(0)) losses.push((await lone.step(batch)).loss);
    expect(history.loss?.[0]).toBeCloseTo(losses.reduce((sum, one) => sum + one, 0) / 5, 12);
    let tested = 0;
    for await (const batch of runData(2).epoch(0)) tested += (await lone.test(batch)).loss / 2;
    expect(history.val_loss?.[0]).toBeCloseTo(tested, 12);
  });

  it("calls callbacks as Keras does", async () => {
    const seen: string[] = [];
    const callback: Callback = {
      onTrainBegin: () => void seen.push("begin"),
      onEpochBegin: (epoch) => void seen.push(`epoch ${epoch}`),
      onBatchBegin: (batch) => void seen.push(`batch ${batch}`),
      onBatchEnd: (batch) => void seen.push(`done ${batch}`),
      onEpochEnd: (epoch) => void seen.push(`end ${epoch}`),
      onTrainEnd: () => void seen.push("over"),
    };
    await fitModel(trainerOf(), runData(2), { epochs: 2, callbacks: [callback] });
    const epoch = ["batch 0", "done 0", "batch 1", "done 1"];
    expect(seen).toEqual([
      "begin",
      "epoch 0",
      ...epoch,
      "end 0",
      "epoch 1",
      ...epoch,
      "end 1",
      "over",
    ]);
  });

  it("takes what a callback adds to the logs into the history", async () => {
    const onEpochEnd = (epoch: number, logs: Logs): void => {
      logs.own = epoch * 10;
    };
    const { history } = await fitModel(trainerOf(), runData(1), {
      epochs: 2,
      callbacks: [{ onEpochEnd }],
    });
    expect(history.own).toEqual([0, 10]);
  });

  it("ends an epoch that a callback stops, without its validation", async () => {
    const stop: Callback = {
      onBatchEnd: (batch, _, run) => (batch === 1 ? run.stop() : undefined),
    };
    const { history } = await fitModel(trainerOf(), runData(3), {
      epochs: 4,
      callbacks: [stop],
      validation: runData(1),
    });
    expect(history.loss).toHaveLength(1);
    expect(history.val_loss).toBeUndefined();
  });

  it("says goodbye to callbacks whatever ends the run", async () => {
    let over = 0;
    const callback: Callback = {
      onBatchEnd: () => {
        throw new Error("the disk is full");
      },
      onTrainEnd: () => void over++,
    };
    await expect(
      fitModel(trainerOf(), runData(1), { epochs: 1, callbacks: [callback] }),
    ).rejects.toThrow("the disk is full");
    expect(over).toBe(1);
  });

  it("makes one step of as many batches as are accumulated, and of the rest", async () => {
    const trainer = trainerOf();
    await fitModel(trainer, runData(5), { epochs: 2, accumulation: 2 });
    expect(trainer.iterations).toBe(6);
  });

  it("ends with averaged weights as Keras does, before callbacks hear of it, unless it is interrupted", async () => {
    const graph = startOf("training_k3", "adam");
    const training = {
      losses: ["categorical_crossentropy"],
      metrics: [],
      optimizer: { name: "sgd", config: { use_ema: true, ema_momentum: 0.5 } },
    };
    const random = () => (count: number) => new Float32Array(count);
    const numbersOf = (trainer: Trainer): readonly number[] =>
      trainer.weights.flatMap(({ ref }) => [...trainer.valuesOf(ref)]);
    const runs = [undefined, AbortSignal.abort()].map(async (signal) => {
      const trainer = createTrainer(graph, { training, random });
      let atEpochEnd: readonly number[] = [];
      let atEnd: readonly number[] = [];
      await fitModel(trainer, runData(2), {
        epochs: 1,
        ...(signal === undefined ? {} : { signal }),
        callbacks: [
          {
            onBatchEnd: () => {
              atEpochEnd = numbersOf(trainer);
            },
            onTrainEnd: () => {
              atEnd = numbersOf(trainer);
            },
          },
        ],
      });
      const averages = trainer.saveState("3.0.0").filter(({ name }) => name.endsWith("average"));
      return { atEpochEnd, atEnd, averages: averages.flatMap(({ values }) => [...values]) };
    });
    const [ended, interrupted] = await Promise.all(runs);
    expect(ended?.atEnd).toEqual(ended?.averages);
    expect(ended?.atEnd).not.toEqual(ended?.atEpochEnd);
    expect(interrupted?.atEnd).toEqual(interrupted?.atEpochEnd);
  });

  it("tells how far it is", async () => {
    const told: FitProgress[] = [];
    await fitModel(trainerOf(), runData(2), {
      epochs: 1,
      validation: runData(1),
      onProgress: (progress) => void told.push(progress),
    });
    expect(told.map(({ stage, done, batches }) => [stage, done, batches])).toEqual([
      ["batch", 1, 2],
      ["batch", 2, 2],
      ["validation", 1, 1],
      ["epoch", 2, 2],
    ]);
  });

  it.each([
    [{ epochs: 0 }, "The number of epochs is 0, expected a whole number above 0."],
    [
      { epochs: 1, accumulation: 1.5 },
      "The number of accumulated batches is 1.5, expected a whole number above 0.",
    ],
    [{ epochs: 1, callbacks: [{ name: "A" }, { name: "A" }] }, 'Two callbacks are called "A".'],
  ] as const)("refuses %j", async (options: FitOptions, text) => {
    await expect(fitModel(trainerOf(), runData(1), options)).rejects.toThrow(text);
  });
});
