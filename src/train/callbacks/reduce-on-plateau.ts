import { fail } from "../../errors.ts";
import { type EpochLogs, type MonitorOptions, missingMonitor, monitorOf } from "./monitor.ts";

/** Keras' arguments of `ReduceLROnPlateau`. */
export interface ReduceOnPlateauOptions extends MonitorOptions {
  /** What the rate is multiplied with; 0.1 by default, below 1. */
  readonly factor?: number;
  /** Epochs without improvement until it acts; 10 by default. */
  readonly patience?: number;
  /** What counts as better; 0.0001 by default. */
  readonly minDelta?: number;
  /** Epochs after a reduction in which nothing is counted; 0 by default. */
  readonly cooldown?: number;
  /** No rate below this one; 0 by default. */
  readonly minRate?: number;
}

/** What is remembered from epoch to epoch; plain data, to be saved with a run. */
export interface PlateauState {
  readonly best: number;
  readonly wait: number;
  readonly cooldown: number;
}

/** What is to be done after an epoch. */
export interface PlateauVerdict {
  readonly state: PlateauState;
  /** The new learning rate as float32, where it changes. */
  readonly rate?: number;
  readonly warning?: string;
}

/** Decides after each epoch whether the rate falls, as Keras does. */
export interface ReduceOnPlateau {
  readonly start: PlateauState;
  afterEpoch(state: PlateauState, rate: number, logs: EpochLogs): PlateauVerdict;
}

/** Lowers the learning rate when a run stops improving. @see keras/callbacks.py `ReduceLROnPlateau` (2.2.4) */
export function reduceOnPlateau(options: ReduceOnPlateauOptions = {}): ReduceOnPlateau {
  const { factor = 0.1, patience = 10, minDelta = 1e-4, cooldown = 0, minRate = 0 } = options;
  if (!(factor < 1)) fail("bad-option", `The factor of a plateau is ${factor}, expected below 1.`);
  const monitor = monitorOf(options);
  return {
    start: { best: monitor.worst, wait: 0, cooldown: 0 },
    afterEpoch: (before, rate, logs) => {
      const current = logs[monitor.name];
      if (current === undefined) {
        return { state: before, warning: missingMonitor("ReduceLROnPlateau", monitor, logs) };
      }
      const cooling = before.cooldown > 0;
      const state = cooling ? { ...before, cooldown: before.cooldown - 1, wait: 0 } : before;
      if (monitor.isBetter(current, state.best, minDelta)) {
        return { state: { ...state, best: current, wait: 0 } };
      }
      if (state.cooldown > 0) return { state };
      const wait = state.wait + 1;
      if (wait < patience || rate <= minRate) return { state: { ...state, wait } };
      const lower = Math.fround(Math.max(rate * factor, minRate));
      return { state: { ...state, cooldown, wait: 0 }, rate: lower };
    },
  };
}
