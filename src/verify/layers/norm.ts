import { on } from "../call.ts";
import { statistics } from "../statistics.ts";
import { around, emptyTensor, sizeOf } from "../tensor.ts";

/**
 * `gamma * (x - mean) / sqrt(variance + epsilon) + beta` over channels (axis -3), with stored or
 * computed statistics.
 *
 * @see NeuralNetwork.proto BatchnormLayerParams
 */
export const batchnorm = on("batchnorm", (params, call) => {
  const x = call.input(0, 3);
  const [batch, channels, inner] = around(x.shape, x.shape.length - 3);
  call.require(
    params.channels === channels,
    `has ${params.channels ?? 0} channels, but ${channels} enter`,
  );
  const epsilon = params.epsilon || 1e-5;
  const gamma = call.weights(params.gamma, [channels], "gamma");
  const beta = call.weights(params.beta, [channels], "beta");
  const stored = params.computeMeanVar !== true;
  const mean = stored ? call.weights(params.mean, [channels], "mean") : undefined;
  const variance = stored ? call.weights(params.variance, [channels], "variance") : undefined;
  const perInstance = params.instanceNormalization === true;
  const result = emptyTensor(x.shape);
  for (let channel = 0; channel < channels; channel++) {
    for (let item = 0; item < batch; item++) {
      const items = perInstance ? [item] : Array.from({ length: batch }, (_, index) => index);
      const [m, v] =
        mean === undefined || variance === undefined
          ? statistics(
              x,
              items.map((one) => [(one * channels + channel) * inner, inner] as const),
            )
          : [mean[channel] ?? 0, variance[channel] ?? 1];
      const factor = (gamma[channel] ?? 1) / Math.sqrt(v + epsilon);
      const start = (item * channels + channel) * inner;
      for (let index = start; index < start + inner; index++) {
        result.data[index] = ((x.data[index] ?? 0) - m) * factor + (beta[channel] ?? 0);
      }
    }
  }
  return result;
});

/**
 * Mean and variance of each sample, per channel or over all channels.
 *
 * @see NeuralNetwork.proto MeanVarianceNormalizeLayerParams
 */
export const mvn = on("mvn", (params, call) => {
  const x = call.input(0, 3);
  const size = sizeOf(x.shape.slice(params.acrossChannels === true ? -3 : -2));
  const epsilon = params.epsilon || 1e-6;
  const result = emptyTensor(x.shape);
  for (let start = 0; start < x.data.length; start += size) {
    const [mean, variance] = statistics(x, [[start, size]]);
    const factor = params.normalizeVariance === true ? 1 / Math.sqrt(variance + epsilon) : 1;
    for (let index = start; index < start + size; index++) {
      result.data[index] = ((x.data[index] ?? 0) - mean) * factor;
    }
  }
  return result;
});

/** Each sample (axes -3 to -1) divided by the square root of its sum of squares plus epsilon. */
export const l2normalize = on("l2normalize", (params, call) => {
  const x = call.input(0, 3);
  const size = sizeOf(x.shape.slice(-3));
  const epsilon = params.epsilon || 1e-6;
  const result = emptyTensor(x.shape);
  for (let start = 0; start < x.data.length; start += size) {
    let sum = 0;
    for (let index = start; index < start + size; index++) sum += (x.data[index] ?? 0) ** 2;
    const norm = Math.sqrt(sum + epsilon);
    for (let index = start; index < start + size; index++) {
      result.data[index] = (x.data[index] ?? 0) / norm;
    }
  }
  return result;
});

/** @see NeuralNetwork.proto LRNLayerParams */
export const lrn = on("lrn", ({ alpha = 0, beta = 0, localSize = 1, k = 0 }, call) => {
  const x = call.input(0, 3);
  const [batch, channels, inner] = around(x.shape, x.shape.length - 3);
  const before = Math.floor((localSize - 1) / 2);
  const result = emptyTensor(x.shape);
  for (let index = 0; index < batch * channels * inner; index++) {
    const channel = Math.floor(index / inner) % channels;
    const from = Math.max(0, channel - before);
    const to = Math.min(channels, channel - before + localSize);
    let sum = 0;
    for (let one = from; one < to; one++)
      sum += (x.data[index + (one - channel) * inner] ?? 0) ** 2;
    result.data[index] = (x.data[index] ?? 0) / ((k || 1) + (alpha / localSize) * sum) ** beta;
  }
  return result;
});

/** @see NeuralNetwork.proto LayerNormalizationLayerParams */
export const layerNormalization = on("layerNormalization", (params, call) => {
  const x = call.input(0, 1);
  const shape = params.normalizedShape ?? [];
  call.require(
    shape.length > 0 && shape.join() === x.shape.slice(-shape.length).join(),
    `normalises over [${shape}], but its input is [${x.shape}]`,
  );
  const size = sizeOf(shape);
  const gamma = call.weights(params.gamma, shape, "gamma");
  const beta = call.weights(params.beta, shape, "beta");
  const result = emptyTensor(x.shape);
  for (let start = 0; start < x.data.length; start += size) {
    const [mean, variance] = statistics(x, [[start, size]]);
    const factor = 1 / Math.sqrt(variance + (params.eps ?? 0));
    for (let at = 0; at < size; at++) {
      const value = ((x.data[start + at] ?? 0) - mean) * factor;
      result.data[start + at] = value * (gamma[at] ?? 1) + (beta[at] ?? 0);
    }
  }
  return result;
});
