import type {
  NeuralNetworkLayer,
  NeuralNetworkLayerLayer,
} from "../../formats/coreml/types.gen.ts";

/** Kind of a layer's parameters and nothing else. */
export type LayerBody = Partial<Pick<NeuralNetworkLayer, NeuralNetworkLayerLayer>>;

/**
 * The lowest specification version with this layer in this form.
 * @see spec-messages.json `layerMinimumSpecVersion`; Utils.cpp `isIOS12NeuralNetworkLayer`
 */
export function versionOfLayer(layer: NeuralNetworkLayer): number {
  if (layer.upsample !== undefined) return versionOfUpsample(layer);
  if (layer.convolution !== undefined) return (layer.input ?? []).length > 1 ? 4 : 1;
  const kinds = Object.keys(layer).filter((key) => !NO_KIND.has(key));
  return Math.max(...kinds.map((kind) => (CLASSIC.has(kind) ? 1 : (VERSIONS.get(kind) ?? 4))));
}

/** Whether the layer puts the whole model under the any-rank interpretation. */
export function isAnyRankLayer(layer: NeuralNetworkLayer): boolean {
  return versionOfLayer(layer) >= 4;
}

function versionOfUpsample({ upsample }: NeuralNetworkLayer): number {
  const { linearUpsampleMode = "DEFAULT", fractionalScalingFactor } = upsample ?? {};
  return linearUpsampleMode !== "DEFAULT" || fractionalScalingFactor !== undefined ? 5 : 1;
}

const NO_KIND: ReadonlySet<string> = new Set([
  "name",
  "input",
  "output",
  "inputTensor",
  "outputTensor",
  "isUpdatable",
]);

const VERSIONS: ReadonlyMap<string, number> = new Map([
  ["custom", 2],
  ["resizeBilinear", 3],
  ["cropResize", 3],
  ["convolution3d", 5],
  ["pooling3d", 5],
  ["globalPooling3d", 5],
  ["clampedReLU", 5],
  ["oneHot", 5],
  ["cumSum", 5],
  ["argSort", 5],
  ["sliceBySize", 5],
]);

const CLASSIC: ReadonlySet<string> = new Set([
  "pooling",
  "activation",
  "innerProduct",
  "embedding",
  "batchnorm",
  "mvn",
  "l2normalize",
  "softmax",
  "lrn",
  "crop",
  "padding",
  "unary",
  "add",
  "multiply",
  "average",
  "scale",
  "bias",
  "max",
  "min",
  "dot",
  "reduce",
  "loadConstant",
  "reshape",
  "flatten",
  "permute",
  "concat",
  "split",
  "sequenceRepeat",
  "reorganizeData",
  "slice",
  "simpleRecurrent",
  "gru",
  "uniDirectionalLSTM",
  "biDirectionalLSTM",
]);
