/**
 * Training: a Keras model goes on learning as the Keras that saved it would, with its callbacks or your own, and is written back as
 * a file of Keras. Loads tfjs' core; a backend must be active, see `keras-converter/backends`.
 * @module
 */
export { readOptimizerState } from "./sources/keras/optimizer-state.ts";
export type { Batch } from "./train/batch.ts";
export type { Callback, CallbackState, FitRun, Logs, WeightValues } from "./train/callback.ts";
export { tableSchedule } from "./train/callbacks/learning-rate-scheduler.ts";
export type { MonitorMode } from "./train/callbacks/monitor.ts";
export { type TargetKind, targetKindOf } from "./train/class-targets.ts";
export { dropoutNumbers } from "./train/dropout-numbers.ts";
export { type EvaluateDataOptions, evaluateData } from "./train/evaluate-data.ts";
export { type BackupOptions, type FitOptions, type FitProgress, fitModel } from "./train/fit.ts";
export type { History } from "./train/history.ts";
export {
  type Metric,
  metricNames,
  metricsOf,
  type ResolvedMetrics,
} from "./train/metrics/resolve-metrics.ts";
export {
  type EarlyStoppingCallbackOptions,
  earlyStoppingCallback,
} from "./train/run-callbacks/early-stopping.ts";
export { learningRateCallback } from "./train/run-callbacks/learning-rate-scheduler.ts";
export {
  type ModelCheckpointCallbackOptions,
  modelCheckpointCallback,
} from "./train/run-callbacks/model-checkpoint.ts";
export { reduceOnPlateauCallback } from "./train/run-callbacks/reduce-on-plateau.ts";
export { terminateOnNaNCallback } from "./train/run-callbacks/terminate-on-nan.ts";
export { orderAsGiven, type SampleOrder, shuffledOrder } from "./train/sample-order.ts";
export type { RunSnapshot } from "./train/snapshot.ts";
export type { StepReport } from "./train/step-report.ts";
export {
  createTrainer,
  type Trainer,
  type TrainerOptions,
} from "./train/trainer.ts";
export type { TrainingBatch, TrainingData } from "./train/training-data.ts";
export { setWeights, weightsOf } from "./train/weight-values.ts";
