import { type EpochLogs, type MonitorOptions, missingMonitor, monitorOf } from "./monitor.ts";

/** Keras' arguments of `EarlyStopping`. */
export interface EarlyStoppingOptions extends MonitorOptions {
  /** What counts as better at all; 0 by default. */
  readonly minDelta?: number;
  /** Epochs without improvement until it stops; 0 by default, which stops at the first. */
  readonly patience?: number;
  /** What the first epochs must beat. */
  readonly baseline?: number;
}

/** What is remembered from epoch to epoch; plain data, to be saved with a run. */
export interface EarlyStoppingState {
  readonly best: number;
  /** Whose weights were the best; undefined before any. */
  readonly bestEpoch: number | undefined;
  readonly wait: number;
  /** Undefined while the run goes on. */
  readonly stoppedEpoch: number | undefined;
}

/** What is to be done after an epoch. */
export interface EarlyStoppingVerdict {
  readonly state: EarlyStoppingState;
  /** This epoch's weights are the best so far: who wants to return to them keeps them now. */
  readonly improved: boolean;
  readonly stop: boolean;
  readonly warning?: string;
}

/** Decides after each epoch whether the run ends, as Keras does. */
export interface EarlyStopping {
  readonly start: EarlyStoppingState;
  afterEpoch(state: EarlyStoppingState, epoch: number, logs: EpochLogs): EarlyStoppingVerdict;
}

/** Ends a run that no longer improves. @see keras/callbacks.py `EarlyStopping` (2.2.4) */
export function earlyStopping(options: EarlyStoppingOptions = {}): EarlyStopping {
  const { minDelta = 0, patience = 0, baseline } = options;
  const monitor = monitorOf(options);
  const best = baseline ?? monitor.worst;
  // Keras moves the measured number by the margin, not the best one: the two round differently.
  const margin = monitor.direction === "min" ? -Math.abs(minDelta) : Math.abs(minDelta);
  return {
    start: { best, bestEpoch: undefined, wait: 0, stoppedEpoch: undefined },
    afterEpoch: (state, epoch, logs) => {
      const current = logs[monitor.name];
      if (current === undefined) {
        const warning = missingMonitor("EarlyStopping", monitor, logs);
        return { state, improved: false, stop: false, warning };
      }
      if (monitor.isBetter(current - margin, state.best)) {
        const improved = { ...state, best: current, bestEpoch: epoch, wait: 0 };
        return { state: improved, improved: true, stop: false };
      }
      const wait = state.wait + 1;
      const stop = wait >= patience;
      const stoppedEpoch = stop ? epoch : state.stoppedEpoch;
      return { state: { ...state, wait, stoppedEpoch }, improved: false, stop };
    },
  };
}
