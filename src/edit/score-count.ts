import type { NeuralNetworkClassifier } from "../formats/coreml/types.gen.ts";

/**
 * How many scores a classifier computes, as far as its last layers say it; `undefined` where they do not. Files of old
 * converters may have another number of labels than scores.
 */
export function scoreCount(network: NeuralNetworkClassifier): number | undefined {
  const { layers = [], labelProbabilityLayerName } = network;
  let blob = labelProbabilityLayerName || layers.at(-1)?.output?.[0];
  let onePerChannel = true;
  for (const layer of layers.toReversed()) {
    if (blob === undefined || layer.output?.includes(blob) !== true) continue;
    if (layer.innerProduct !== undefined) return layer.innerProduct.outputChannels;
    if (layer.convolution !== undefined) {
      return onePerChannel ? layer.convolution.outputChannels : undefined;
    }
    if (layer.pooling?.globalPooling === true) onePerChannel = true;
    else if (layer.flatten !== undefined) onePerChannel = false;
    else if (layer.softmax === undefined && layer.activation === undefined) return undefined;
    blob = layer.input?.[0];
  }
  return undefined;
}
