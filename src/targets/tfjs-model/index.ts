export type { Quantization } from "./encode-weight.ts";
export type { TfjsArtifacts, TfjsModel, TfjsModelOptions } from "./pack.ts";
export { writeTfjsLayers } from "./write-layers.ts";
