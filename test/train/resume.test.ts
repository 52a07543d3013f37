import { beforeAll, describe, expect, it } from "vitest";
import { bytesSource, collectBytes } from "../../src/formats/bytes.ts";
import { readRunFile, writeRunFile } from "../../src/formats/run-file.ts";
import type { Callback } from "../../src/train/callback.ts";
import { dropoutNumbers } from "../../src/train/dropout-numbers.ts";
import { type FitOptions, fitModel } from "../../src/train/fit.ts";
import { metricsOf } from "../../src/train/metrics/resolve-metrics.ts";
import { earlyStoppingCallback } from "../../src/train/run-callbacks/early-stopping.ts";
import { learningRateCallback } from "../../src/train/run-callbacks/learning-rate-scheduler.ts";
import { modelCheckpointCallback } from "../../src/train/run-callbacks/model-checkpoint.ts";
import { reduceOnPlateauCallback } from "../../src/train/run-callbacks/reduce-on-plateau.ts";
import { terminateOnNaNCallback } from "../../src/train/run-callbacks/terminate-on-nan.ts";
import type { RunSnapshot } from "../../src/train/snapshot.ts";
import { createTrainer, type Trainer } from "../../src/train/trainer.ts";
import { weightsOf } from "../../src/train/weight-values.ts";
import { activateBackend, BACKENDS } from "../targets/tfjs/backends.ts";
import { runData } from "./run-data.ts";
import { runsOf, startOf } from "./runs.ts";

beforeAll(() => activateBackend(BACKENDS[0] ?? ""));

type Suite = "training" | "training_tf215";
const RUNS = (["training", "training_tf215"] as const).flatMap((suite: Suite) =>
  runsOf(suite).flatMap(([name, run]) =>
    run.loss === undefined || run.loss === "categorical_crossentropy"
      ? [[suite, name] as const]
      : [],
  ),
);

/** Four epochs of three batches, with every callback that remembers something. */
async function runOf(
  [suite, name]: readonly [Suite, string],
  more: Partial<FitOptions> = {},
): Promise<{
  readonly trainer: Trainer;
  readonly saved: readonly string[];
  readonly history: unknown;
}> {
  const trainer = createTrainer(startOf(suite, name), { random: dropoutNumbers(5) });
  const saved: string[] = [];
  const callbacks: readonly Callback[] = [
    learningRateCallback((_, rate) => rate * 0.9),
    reduceOnPlateauCallback({ monitor: "loss", patience: 1, minDelta: 0.5, factor: 0.5 }),
    modelCheckpointCallback({
      path: "{epoch}-{val_loss:.3f}",
      saveBestOnly: true,
      save: (path) => void saved.push(path),
    }),
    earlyStoppingCallback({ monitor: "loss", patience: 3, restoreBestWeights: true }),
  ];
  const { history } = await fitModel(trainer, runData(3), {
    epochs: 4,
    validation: runData(1),
    metrics: metricsOf(trainer.graph, ["accuracy"]).metrics,
    ...more,
    callbacks: [...callbacks, ...(more.callbacks ?? [])],
  });
  return { trainer, saved, history };
}

/** A run that is interrupted after so many batches, and what it saved. */
async function interrupted(run: readonly [Suite, string], after: number): Promise<RunSnapshot> {
  const abort = new AbortController();
  let batches = 0;
  const { keep, last } = keeper();
  const stop: Callback = {
    onBatchEnd: () => (++batches === after ? abort.abort() : undefined),
  };
  await runOf(run, {
    signal: abort.signal,
    callbacks: [stop],
    backup: { save: keep },
  });
  return last();
}

/** Keeps the last snapshot, through a file and back. */
function keeper(): {
  readonly keep: (snapshot: RunSnapshot) => Promise<void>;
  readonly last: () => RunSnapshot;
} {
  let bytes = new Uint8Array(0);
  return {
    keep: async (snapshot) => {
      bytes = collectBytes(writeRunFile(snapshot)).slice();
    },
    last: () => readRunFile(bytesSource(bytes)),
  };
}

describe("a run that is interrupted within an epoch", () => {
  it.each(RUNS)("%s/%s goes on bit for bit", async (...run) => {
    const whole = await runOf(run);
    const resume = await interrupted(run, 4);
    const rest = await runOf(run, { resume });
    expect(rest.history).toEqual(whole.history);
    expect(weightsOf(rest.trainer)).toEqual(weightsOf(whole.trainer));
    const version = whole.trainer.graph.source.version;
    expect(rest.trainer.saveState(version)).toEqual(whole.trainer.saveState(version));
    expect(rest.trainer.saveHidden()).toEqual(whole.trainer.saveHidden());
  });

  const run = ["training", "adam"] as const;

  it("goes on from every batch", async () => {
    const whole = await runOf(run);
    for (const after of [1, 2, 3, 5, 11, 12]) {
      const rest = await runOf(run, { resume: await interrupted(run, after) });
      expect(rest.history, `after ${after}`).toEqual(whole.history);
      expect(weightsOf(rest.trainer), `after ${after}`).toEqual(weightsOf(whole.trainer));
    }
  });

  it("goes on behind a step of accumulated gradients", async () => {
    const whole = await runOf(run, { accumulation: 2 });
    const { keep, last } = keeper();
    const abort = new AbortController();
    await runOf(run, {
      accumulation: 2,
      signal: abort.signal,
      callbacks: [{ onBatchEnd: () => abort.abort() }],
      backup: { save: keep },
    });
    expect(last().state.batch).toBe(2);
    const rest = await runOf(run, { accumulation: 2, resume: last() });
    expect(weightsOf(rest.trainer)).toEqual(weightsOf(whole.trainer));
  });

  it("is refused by other data and by another model", async () => {
    const resume = await interrupted(run, 4);
    await expect(runOf(run, { resume, accumulation: 2 })).rejects.toThrow(
      "The saved run had batches accumulated: 1, but now there are 2.",
    );
    await expect(runOf(["training_tf215", "adam"], { resume })).rejects.toThrow(
      "which are not those of adam for 8 trainable weights",
    );
  });

  it("stays stopped where a callback stopped it", async () => {
    const { keep, last } = keeper();
    const stop: Callback = { onEpochEnd: (_epoch, _logs, own) => own.stop() };
    const first = await runOf(run, { callbacks: [stop], backup: { save: keep } });
    const again = await runOf(run, { resume: last() });
    expect(again.history).toEqual(first.history);
    expect(weightsOf(again.trainer)).toEqual(weightsOf(first.trainer));
  });

  it("keeps what was saved before the loss became no number", async () => {
    const { keep, last } = keeper();
    const ruin: Callback = {
      onEpochEnd: (epoch, _logs, own) => {
        const bias = own.trainer.weights.at(-1);
        if (epoch !== 1 || bias === undefined) return;
        const values = own.trainer.valuesOf(bias.ref).fill(Number.NaN);
        own.trainer.setValues(bias.ref, values);
      },
    };
    await runOf(run, {
      epochs: 3,
      callbacks: [ruin, terminateOnNaNCallback()],
      backup: { save: keep },
    });
    expect(last().state.epoch).toBe(2);
    expect(last().state.stopped).toBe(false);
  });

  it("is saved every so many batches, and after each epoch", async () => {
    const places: unknown[] = [];
    const save = async ({ state }: RunSnapshot) => void places.push([state.epoch, state.batch]);
    await runOf(run, { epochs: 2, backup: { save, every: 2 } });
    expect(places).toEqual([
      [0, 2],
      [1, 0],
      [1, 2],
      [2, 0],
    ]);
  });
});
