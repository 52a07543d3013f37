import { fail } from "../errors.ts";
import type { Callback, Logs } from "./callback.ts";
import { evaluateData, measureBatch } from "./evaluate-data.ts";
import { type FitState, openFit } from "./fit-state.ts";
import type { History } from "./history.ts";
import type { Metric } from "./metrics/resolve-metrics.ts";
import { captureRun, type RunSnapshot } from "./snapshot.ts";
import type { Trainer } from "./trainer.ts";
import type { TrainingData } from "./training-data.ts";

/** How a model is trained. */
export interface FitOptions {
  /** All epochs of the run, those before a resumed one included. */
  readonly epochs: number;
  /** What an earlier run measured: this one goes on from its last epoch, as from Keras' `initial_epoch`. */
  readonly after?: History;
  readonly validation?: TrainingData;
  /** What is told beside the loss. */
  readonly metrics?: readonly Metric[];
  readonly callbacks?: readonly Callback[];
  /** Batches whose gradients make one step of the optimizer; 1 by default. */
  readonly accumulation?: number;
  /** Saves the run after each epoch, and when it is interrupted. */
  readonly backup?: BackupOptions;
  /** Goes on from there. */
  readonly resume?: RunSnapshot;
  /** Ends the run after the batch that is under way: the backup is saved, callbacks hear `onTrainEnd`. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FitProgress) => void;
  readonly onNote?: (text: string) => void;
  readonly onWarning?: (text: string) => void;
}

/** When and where a run is saved. */
export interface BackupOptions {
  save(snapshot: RunSnapshot): Promise<void>;
  /** Within an epoch, every so many batches; else after epochs only. */
  readonly every?: number;
}

/** How far a run is. */
export interface FitProgress {
  readonly stage: "batch" | "validation" | "epoch";
  /** From 0. */
  readonly epoch: number;
  readonly epochs: number;
  /** Batches of this epoch that are done, in training or in validation. */
  readonly done: number;
  readonly batches: number;
  readonly logs: Readonly<Logs>;
}

/**
 * Trains a model as Keras' `fit`: epochs of batches, each followed by the validation. Throws `bad-option` for options that make
 * no sense and for a snapshot of another run; what data, trainer and callbacks throw ends the run after `onTrainEnd`.
 */
export async function fitModel(
  trainer: Trainer,
  data: TrainingData,
  options: FitOptions,
): Promise<History> {
  checkOptions(data, options);
  if (trainer.stateful) checkWholeBatches(data, options);
  const state = openFit(trainer, data, options);
  const { callbacks, run } = state;
  for (const callback of callbacks) await callback.onTrainBegin?.(run);
  try {
    while (state.position.epoch < options.epochs && !run.stopped) await runEpoch(state);
    // What an interruption leaves is for going on from; the backup holds the weights themselves anyway.
    if (state.position.batch === 0) trainer.finish();
  } finally {
    for (const callback of callbacks) await callback.onTrainEnd?.(run);
  }
  return run.history;
}

function checkOptions(
  data: TrainingData,
  { epochs, accumulation = 1, validation }: FitOptions,
): void {
  for (const [what, value] of [
    ["number of epochs", epochs],
    ["number of accumulated batches", accumulation],
  ] as const) {
    if (Number.isSafeInteger(value) && value > 0) continue;
    fail("bad-option", `The ${what} is ${value}, expected a whole number above 0.`);
  }
  if (data.samples === 0) fail("bad-option", "There is nothing to train with.");
  if (validation?.samples === 0) fail("bad-option", "There is nothing to validate with.");
}

/** States that go on from batch to batch want batches of one size. */
function checkWholeBatches(data: TrainingData, { validation }: FitOptions): void {
  const { batchSize } = data;
  const whole = [data, ...(validation === undefined ? [] : [validation])].every(
    (one) => one.batchSize === batchSize && one.samples % batchSize === 0,
  );
  if (whole) return;
  fail(
    "bad-option",
    `The model keeps states from batch to batch, so that all batches must have ${batchSize} samples, in the validation too.`,
    { hint: "Choose a batch size that divides the number of samples, or leave some out." },
  );
}

async function runEpoch(state: FitState): Promise<void> {
  const { callbacks, run, options, position } = state;
  const { epoch } = position;
  if (position.batch === 0) {
    for (const callback of callbacks) await callback.onEpochBegin?.(epoch, run);
  }
  const end = await runBatches(state);
  const logs = position.averages.means();
  const validated = end !== "done" || (await validate(state, logs));
  if (end === "interrupted" || !validated) {
    await options.backup?.save(captureRun(state));
    return run.stop();
  }
  for (const callback of callbacks) await callback.onEpochEnd?.(epoch, logs, run);
  state.advance(logs);
  const { batches, epochs } = run;
  options.onProgress?.({ stage: "epoch", epoch, epochs, done: batches, batches, logs });
  // What was saved before a loss became no number is worth more than what is left.
  if (Number.isFinite(logs.loss ?? 0)) await options.backup?.save(captureRun(state));
  if (options.signal?.aborted === true) run.stop();
}

/** Adds what the validation measures to the logs; false when it was interrupted. */
async function validate({ run, options, position }: FitState, logs: Logs): Promise<boolean> {
  const { validation, metrics = [], signal, onProgress } = options;
  if (validation === undefined) return true;
  const { epochs, trainer } = run;
  const { epoch } = position;
  const { batches } = validation;
  const measured = await evaluateData(trainer, validation, {
    metrics,
    onBatch: (done) => onProgress?.({ stage: "validation", epoch, epochs, done, batches, logs }),
    ...(signal === undefined ? {} : { signal }),
  });
  for (const [name, value] of Object.entries(measured ?? {})) logs[`val_${name}`] = value;
  return measured !== undefined;
}

/** An epoch that a callback stopped ends there, without its validation; an interrupted one may be resumed. */
async function runBatches(state: FitState): Promise<"done" | "stopped" | "interrupted"> {
  const { run, options, data, position } = state;
  const { accumulation = 1, backup } = options;
  const { trainer } = run;
  let pending = 0;
  for await (const batch of data.epoch(position.epoch, position.batch)) {
    const index = batch.number;
    for (const callback of state.callbacks) await callback.onBatchBegin?.(index, run);
    const report = await trainer.accumulate(batch);
    pending++;
    if (pending === accumulation) {
      await trainer.update();
      pending = 0;
    }
    measureBatch(position.averages, batch, report);
    data.release?.(batch);
    position.batch = index + 1;
    await batchEnds(state, index);
    // Gradients that wait for their step are not saved, so the run is interrupted behind a step only.
    if (pending > 0) continue;
    if (run.stopped) return "stopped";
    if (options.signal?.aborted === true) return "interrupted";
    if (backup?.every !== undefined && position.batch % backup.every === 0) {
      await backup.save(captureRun(state));
    }
  }
  if (pending > 0) await trainer.update();
  position.batch = run.batches;
  if (run.stopped) return "stopped";
  return options.signal?.aborted === true ? "interrupted" : "done";
}

async function batchEnds(
  { run, options, callbacks, position }: FitState,
  index: number,
): Promise<void> {
  const logs = position.averages.means();
  for (const callback of callbacks) await callback.onBatchEnd?.(index, logs, run);
  const { epoch, batch: done } = position;
  const { batches, epochs } = run;
  options.onProgress?.({ stage: "batch", epoch, epochs, done, batches, logs });
}
