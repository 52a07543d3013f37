/**
 * All for TensorFlow.js: running a graph on it, writing its models, and giving Keras files to it. Loads tfjs' core.
 * @module
 */
export {
  type KerasHandler,
  type KerasHandlerOptions,
  kerasArtifacts,
} from "./keras-handler.ts";
export {
  buildTfjs,
  type NamedRunArray,
  type RunArray,
  type TfjsOptions,
  type TfjsRunnable,
} from "./targets/tfjs/index.ts";
export { writeTfjsLayers } from "./targets/tfjs-model/index.ts";
export { writeTfjsGraph } from "./targets/tfjs-model/write-graph.ts";
