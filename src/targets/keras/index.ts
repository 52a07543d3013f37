export { modelOfGraph } from "./from-graph/model.ts";
export { savedOptimizer } from "./optimizer/saved.ts";
export { withValues } from "./trained.ts";
export { withTraining } from "./with-training.ts";
export {
  type KerasContainer,
  type KerasGeneration,
  type KerasResult,
  type TrainedModel,
  type WriteKerasOptions,
  writeKeras,
} from "./write.ts";
