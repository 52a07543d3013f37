import { fillPattern } from "./file-pattern.ts";
import { type EpochLogs, type MonitorOptions, missingMonitor, monitorOf } from "./monitor.ts";

/** Keras' arguments of `ModelCheckpoint`. */
export interface ModelCheckpointOptions extends MonitorOptions {
  /** Such as `w.{epoch:02d}-{val_loss:.2f}.hdf5`; epochs count from 1. */
  readonly path: string;
  /** Only when the monitored number is the best so far. */
  readonly saveBestOnly?: boolean;
  /** Every so many epochs; 1 by default. */
  readonly period?: number;
}

/** What is remembered from epoch to epoch; plain data, to be saved with a run. */
export interface CheckpointState {
  readonly best: number;
  /** Epochs since a file was due. */
  readonly since: number;
}

/** What is to be done after an epoch. */
export interface CheckpointVerdict {
  readonly state: CheckpointState;
  /** The file to write, where one is due. */
  readonly path?: string;
  readonly warning?: string;
}

/** Decides after each epoch whether and where the model is saved, as Keras does. */
export interface ModelCheckpoint {
  readonly start: CheckpointState;
  /** Throws `bad-option` for a pattern that asks for what was not measured. */
  afterEpoch(state: CheckpointState, epoch: number, logs: EpochLogs): CheckpointVerdict;
}

/** Saves the model as it goes. @see keras/callbacks.py `ModelCheckpoint` (2.2.4) */
export function modelCheckpoint(options: ModelCheckpointOptions): ModelCheckpoint {
  const { path: pattern, saveBestOnly = false, period = 1 } = options;
  const monitor = monitorOf(options);
  return {
    start: { best: monitor.worst, since: 0 },
    afterEpoch: (before, epoch, logs) => {
      const since = before.since + 1;
      if (since < period) return { state: { ...before, since } };
      const state = { ...before, since: 0 };
      const path = fillPattern(pattern, { ...logs, epoch: epoch + 1 });
      if (!saveBestOnly) return { state, path };
      const current = logs[monitor.name];
      if (current === undefined) {
        return { state, warning: missingMonitor("ModelCheckpoint", monitor, logs) };
      }
      if (!monitor.isBetter(current, state.best)) return { state };
      return { state: { ...state, best: current }, path };
    },
  };
}
