export { ARCHITECTURES, type ArchitectureOptions } from "../architectures/index.ts";
export { openTraced, type TracedModel } from "../sources/keras/traced-model.ts";
export { type BuildOptions, buildArchitecture } from "./build-architecture.ts";
export { type InitialiseOptions, initialiseModel } from "./initialise.ts";
export { type LoadedWeights, type LoadWeightsOptions, loadWeightsInto } from "./load-weights.ts";
export { type HeadOptions, type NewHead, newHead } from "./new-head.ts";
export { type ReinitialiseOptions, reinitialise } from "./reinitialise.ts";
export { setTrainable, type TrainableRules } from "./set-trainable.ts";
export {
  type TrainableLayer,
  type TrainableReport,
  trainableReport,
} from "./trainable-report.ts";
