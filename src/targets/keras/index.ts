export { modelOfGraph } from "./from-graph/model.ts";
export { withValues } from "./trained.ts";
export {
  type KerasContainer,
  type KerasGeneration,
  type KerasResult,
  type TrainedModel,
  type WriteKerasOptions,
  writeKeras,
} from "./write.ts";
