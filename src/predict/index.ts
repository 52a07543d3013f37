/**
 * Models as classifiers of pictures: Keras graphs on any backend, Core ML models in their interpreter; views of pictures
 * averaged; the loss that Keras' `evaluate` gives.
 * @module
 */
export type { Classifier, PictureInput, PictureSize } from "./classifier.ts";
export {
  type CoreMLClassifier,
  type CoreMLClassifierOptions,
  coreMLClassifier,
} from "./coreml-classifier.ts";
export { type GraphClassifierOptions, graphClassifier } from "./graph-classifier.ts";
export { type KerasLoss, kerasLoss, type LossSamples, penaltyOf } from "./keras-loss.ts";
export { probabilitiesOf } from "./probabilities.ts";
export {
  loadSizeOf,
  type PreparedBatch,
  type ScoredBatch,
  scoreBatches,
} from "./score-pictures.ts";
export { parseViewPlan, type View, type ViewPlan } from "./views.ts";
