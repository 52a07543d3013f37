import type { Convolution3DLayerParams } from "../../formats/coreml/types.gen.ts";
import { type LayerCall, on } from "../call.ts";
import { convolve } from "../convolve.ts";
import { deconvolve } from "../deconvolve.ts";
import type { Tensor } from "../tensor.ts";
import type { WindowSize } from "../window.ts";
import { volumeBorders } from "./borders.ts";

/**
 * 3-D convolution and deconvolution of `[batch, channels, depth, height, width]`.
 *
 * @see NeuralNetwork.proto Convolution3DLayerParams
 */
export const convolution3d = on("convolution3d", (params, call) => {
  const x = call.input(0, 5);
  const channels = x.shape.at(-4) ?? 1;
  const groups = params.nGroups || 1;
  const outputChannels = params.outputChannels ?? 0;
  call.require(
    params.inputChannels === channels,
    `has inputChannels ${params.inputChannels ?? 0}, but ${channels} channels enter`,
  );
  call.require(
    channels % groups === 0 && outputChannels % groups === 0,
    `cannot split ${channels} and ${outputChannels} channels into ${groups} groups`,
  );
  const size = {
    kernel: [params.kernelDepth, params.kernelHeight, params.kernelWidth].map((k) => k || 1),
    stride: [params.strideDepth, params.strideHeight, params.strideWidth].map((s) => s || 1),
    dilation: [params.dilationDepth, params.dilationHeight, params.dilationWidth].map(
      (d) => d || 1,
    ),
  };
  const bias = call.optionalWeights(params.hasBias, params.bias, [outputChannels], "bias");
  if (params.isDeconvolution === true) return deconvolution(params, call, x, size, bias);
  const shape = [outputChannels, channels / groups, ...size.kernel];
  return convolve(x, {
    window: { ...size, ...volumeBorders(params, x.shape.slice(-3), size) },
    groups,
    outputChannels,
    weights: call.weights(params.weights, shape, "weights"),
    bias,
  });
});

/**
 * The weights lie as in two dimensions, input channels first: the comment in the format says
 * otherwise, but coremltools, which tests its files on devices, writes them so.
 *
 * @see coremltools neural_network/builder.py add_convolution3d
 */
function deconvolution(
  params: Convolution3DLayerParams,
  call: LayerCall,
  x: Tensor,
  { kernel, stride, dilation }: WindowSize,
  bias: Float32Array | undefined,
): Tensor {
  call.require(
    dilation.every((factor) => factor === 1),
    "is a dilated deconvolution",
  );
  const channels = x.shape.at(-4) ?? 1;
  const groups = params.nGroups || 1;
  const outputChannels = params.outputChannels ?? 0;
  const shape = [channels, outputChannels / groups, ...kernel];
  const weights = call.weights(params.weights, shape, "weights", 1);
  const stated = params.outputShape ?? [];
  const spatial = x.shape.slice(-3);
  const same = spatial.map((input, axis) => input * (stride[axis] ?? 1));
  const placement =
    stated.length === 3 || params.paddingType === "SAME"
      ? { sizes: stated.length === 3 ? stated : same, heavyStart: false }
      : volumeBorders(params, spatial, { kernel, stride, dilation });
  return deconvolve(x, { kernel, stride, groups, outputChannels, weights, bias, placement });
}
