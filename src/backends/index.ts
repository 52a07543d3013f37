/**
 * Programs that run a graph for prediction, loaded when asked for.
 * @module
 */
export { BACKENDS } from "./backends.ts";
export { type OpenedBackend, openBackend } from "./open-backend.ts";
export type {
  BackendName,
  BackendSpec,
  LoadedBackend,
  NumberTensor,
  Predictor,
  PredictorOptions,
} from "./predictor.ts";
export { TRAINING_BACKENDS } from "./training-backends.ts";
