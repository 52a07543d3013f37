import type { JsonObject } from "../json.ts";
import type { History } from "./history.ts";
import type { Trainer } from "./trainer.ts";

/** What was measured so far, by Keras' names. A callback may add its own at the end of an epoch: they go into the history. */
export type Logs = Record<string, number>;

/** All numbers of a model by the id of their `WeightRef`. */
export type WeightValues = ReadonlyMap<string, Float32Array>;

/** A run of `fitModel` as callbacks see it. */
export interface FitRun {
  readonly trainer: Trainer;
  /** How many epochs there shall be. */
  readonly epochs: number;
  /** Batches of one epoch. */
  readonly batches: number;
  /** Of the epochs that are done. */
  readonly history: History;
  /** Ends the run after this batch or epoch, as Keras' `model.stop_training`. */
  stop(): void;
  readonly stopped: boolean;
  /** Tells the user what is worth knowing. */
  tell(text: string): void;
  warn(text: string): void;
  /** A copy of all weights. */
  weights(): WeightValues;
  /** Puts back what `weights` gave. */
  setWeights(values: WeightValues): void;
}

/** What a callback remembers, in a form that can be saved. */
export interface CallbackState {
  readonly json: JsonObject;
  readonly arrays?: WeightValues;
}

/** Something that acts while a model is trained. All parts may be left out; epochs and batches count from 0. */
export interface Callback {
  /** What its state is saved under, so that an interrupted run can be resumed; unique in a run. */
  readonly name?: string;
  onTrainBegin?(run: FitRun): void | Promise<void>;
  onEpochBegin?(epoch: number, run: FitRun): void | Promise<void>;
  onBatchBegin?(batch: number, run: FitRun): void | Promise<void>;
  /** `logs` are the averages of the epoch so far. */
  onBatchEnd?(batch: number, logs: Logs, run: FitRun): void | Promise<void>;
  onEpochEnd?(epoch: number, logs: Logs, run: FitRun): void | Promise<void>;
  /** However the run ends. */
  onTrainEnd?(run: FitRun): void | Promise<void>;
  saveState?(): CallbackState;
  restoreState?(state: CallbackState): void;
}
