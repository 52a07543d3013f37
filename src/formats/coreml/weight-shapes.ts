import type { NeuralNetworkLayer } from "./types.gen.ts";

/** The shape of a weight where its layer states it, and the axis of per-channel quantisation. */
export interface StatedShape {
  readonly shape: readonly number[] | undefined;
  readonly channelAxis: number;
}

/**
 * What a layer says of the shape of a weight, by the weight's path in its message.
 *
 * @see NeuralNetwork.proto, the comments on each layer's weights
 */
export function layerWeightShape(layer: NeuralNetworkLayer, field: string): StatedShape {
  const deconvolution = layer.convolution?.isDeconvolution === true;
  return {
    shape:
      spatial(layer, field) ??
      dense(layer, field) ??
      plain(layer, field) ??
      recurrent(layer, field),
    channelAxis: deconvolution && field.endsWith("weights") ? 1 : 0,
  };
}

function spatial(
  { convolution }: NeuralNetworkLayer,
  field: string,
): readonly number[] | undefined {
  if (convolution === undefined) return undefined;
  const { outputChannels = 0, kernelChannels = 0, nGroups, kernelSize = [] } = convolution;
  if (field !== "weights") return [outputChannels];
  const kernel = kernelSize.length === 2 ? kernelSize : [3, 3];
  return convolution.isDeconvolution === true
    ? [kernelChannels, Math.floor(outputChannels / (nGroups || 1)), ...kernel]
    : [outputChannels, kernelChannels, ...kernel];
}

function dense(layer: NeuralNetworkLayer, field: string): readonly number[] | undefined {
  const { innerProduct, embedding, embeddingND, batchedMatmul } = layer;
  const sizes = innerProduct
    ? [innerProduct.outputChannels, innerProduct.inputChannels]
    : embedding
      ? [embedding.outputChannels, embedding.inputDim]
      : embeddingND
        ? [embeddingND.embeddingSize, embeddingND.vocabSize]
        : batchedMatmul
          ? [batchedMatmul.weightMatrixFirstDimension, batchedMatmul.weightMatrixSecondDimension]
          : undefined;
  const shape = sizes?.map((size) => size ?? 0);
  return field === "weights" || batchedMatmul !== undefined ? shape : shape?.slice(0, 1);
}

function plain(layer: NeuralNetworkLayer, field: string): readonly number[] | undefined {
  const { batchnorm, scale, bias, loadConstant, loadConstantND, layerNormalization } = layer;
  if (batchnorm !== undefined) return [batchnorm.channels ?? 0];
  if (scale !== undefined) return field === "scale" ? scale.shapeScale : scale.shapeBias;
  return (
    bias?.shape ??
    loadConstant?.shape ??
    loadConstantND?.shape ??
    layerNormalization?.normalizedShape
  );
}

function recurrent(layer: NeuralNetworkLayer, field: string): readonly number[] | undefined {
  const params =
    layer.simpleRecurrent ?? layer.gru ?? layer.uniDirectionalLSTM ?? layer.biDirectionalLSTM;
  if (params === undefined) return undefined;
  const { inputVectorSize = 0, outputVectorSize = 0 } = params;
  if (/recursionMatrix$/i.test(field)) return [outputVectorSize, outputVectorSize];
  if (/weightMatrix$/i.test(field)) return [outputVectorSize, inputVectorSize];
  return [outputVectorSize];
}
