/**
 * Reads Keras models of every generation and converts them to Core ML, from bytes to bytes: nothing here needs
 * Node. Files are opened by `keras-converter/node`.
 * @module
 */
export { type EditedModel, type EditOptions, editCoreML } from "./edit/edit.ts";
export {
  type Diagnostic,
  type ErrorCode,
  exitCodeOf,
  formatDiagnostic,
  KcError,
  type Place,
} from "./errors.ts";
export { type ByteSource, bytesSource, collectBytes, type OutputBytes } from "./formats/bytes.ts";
export { fitPicture, type LoadOptions, type OrientedPixels } from "./image/load.ts";
export { CHANNELS, type ColorMode, convertPixels, type Pixels } from "./image/pixels.ts";
export { type Layout, type PrepareOptions, preparePixels } from "./image/prepare.ts";
export {
  FAMILIES,
  type Family,
  findPreprocessing,
  type PerColor,
  PRESETS,
  type Preprocessing,
  type PresetName,
} from "./image/preprocessing.ts";
export { type Recognition, recognise } from "./image/recognise.ts";
export {
  type Box,
  centerBox,
  INTERPOLATIONS,
  type Interpolation,
  type ResizeOptions,
  resizePixels,
} from "./image/resize.ts";
export type {
  Graph,
  GraphPort,
  GraphSource,
  LossPenalties,
  LossSettings,
  Node,
  Origin,
  TrainingSetup,
  ValueId,
  WeightPenalty,
} from "./ir/graph.ts";
export type {
  ImageStatement,
  ModelMetadata,
  ModelStatement,
} from "./ir/model-statement.ts";
export type { Op, OpKind, OpOf } from "./ir/ops/index.ts";
export { printGraph } from "./ir/print.ts";
export {
  type Dim,
  type DType,
  formatShape,
  type NumericArray,
  readFloat32,
  readFloat64,
  type TensorType,
  type WeightRef,
} from "./ir/tensor.ts";
export type { Json, JsonObject } from "./json.ts";
export { type CoreMLModel, type ReadCoreMLOptions, readCoreML } from "./sources/coreml/index.ts";
export type { ConfigReader } from "./sources/keras/config.ts";
export { type KerasModel, type ReadKerasOptions, readKeras } from "./sources/keras/index.ts";
export type {
  CallArgument,
  Dialect,
  Generation,
  LayerCall,
  LayerResult,
  LayerSpec,
  WeightSlot,
} from "./sources/keras/layer-spec.ts";
export {
  graphOf,
  openTraced as openKeras,
  type TracedModel,
} from "./sources/keras/traced-model.ts";
export {
  type CoreMLOptions,
  type CoreMLResult,
  type CoreMLSummary,
  writeCoreML,
} from "./targets/coreml-nn/index.ts";
export {
  type KerasContainer,
  type KerasGeneration,
  type KerasResult,
  modelOfGraph,
  type WriteKerasOptions,
  withTraining,
  writeKeras,
} from "./targets/keras/index.ts";
export {
  type OnnxOptions,
  type OnnxResult,
  type OnnxSummary,
  writeOnnx,
} from "./targets/onnx/index.ts";
export {
  type Quantization,
  type TfjsArtifacts,
  type TfjsModel,
  type TfjsModelOptions,
  writeTfjsLayers,
} from "./targets/tfjs-model/index.ts";
