export type { Quantization } from "./encode-weight.ts";
export {
  type TfjsArtifacts,
  type TfjsModel,
  type TfjsModelOptions,
  writeTfjsLayers,
} from "./write.ts";
