import { fail } from "../errors.ts";
import type { Callback, FitRun, Logs } from "./callback.ts";
import type { FitOptions } from "./fit.ts";
import { epochsIn, NO_HISTORY, withEpoch } from "./history.ts";
import { type Averages, createAverages } from "./metrics/averages.ts";
import { restoreRun } from "./restore-run.ts";
import type { Trainer } from "./trainer.ts";
import type { TrainingData } from "./training-data.ts";
import { setWeights, weightsOf } from "./weight-values.ts";

/** Where a run stands. */
export interface FitPosition {
  /** The epoch that is under way, from 0. */
  epoch: number;
  /** Its batches that are done. */
  batch: number;
  /** Of this epoch so far. */
  averages: Averages;
}

/** A run of `fitModel` from inside. */
export interface FitState {
  readonly data: TrainingData;
  readonly options: FitOptions;
  readonly callbacks: readonly Callback[];
  readonly run: FitRun;
  readonly position: FitPosition;
  /** The epoch is over, and this is what it measured. */
  advance(logs: Logs): void;
}

/** A run before its first batch, or where its snapshot was taken. */
export function openFit(trainer: Trainer, data: TrainingData, options: FitOptions): FitState {
  const { callbacks = [], metrics = [], resume, epochs, after = NO_HISTORY } = options;
  const { onNote, onWarning } = options;
  checkNames(callbacks);
  const { version } = trainer.graph.source;
  const restored = resume && restoreRun(resume, trainer, data, options);
  const position = restored?.position ?? {
    epoch: epochsIn(after),
    batch: 0,
    averages: createAverages({ metrics, version }),
  };
  let history = restored?.history ?? after;
  let stopped = restored?.stopped ?? false;
  const run: FitRun = {
    trainer,
    epochs,
    batches: data.batches,
    get history() {
      return history;
    },
    get stopped() {
      return stopped;
    },
    stop() {
      stopped = true;
    },
    tell: (text) => onNote?.(text),
    warn: (text) => onWarning?.(text),
    weights: () => weightsOf(trainer),
    setWeights: (values) => setWeights(trainer, values),
  };
  const advance = (logs: Logs): void => {
    history = withEpoch(history, position.epoch, logs);
    position.epoch++;
    position.batch = 0;
    position.averages = createAverages({ metrics, version });
  };
  return { data, options, callbacks, run, position, advance };
}

function checkNames(callbacks: readonly Callback[]): void {
  const names = callbacks.flatMap(({ name }) => name ?? []);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) fail("bad-option", `Two callbacks are called "${twice}".`);
}
