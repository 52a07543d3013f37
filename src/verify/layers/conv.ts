import type { ConvolutionLayerParams } from "../../formats/coreml/types.gen.ts";
import { type LayerCall, on } from "../call.ts";
import { convolve } from "../convolve.ts";
import { deconvolve } from "../deconvolve.ts";
import type { Tensor } from "../tensor.ts";
import { samePadding, type Window } from "../window.ts";
import { borderAmounts, pairOf } from "./borders.ts";

/**
 * 2-D convolution and deconvolution over axes -3, -2, -1; everything before is batch. The weights
 * may come as a second input.
 *
 * @see NeuralNetwork.proto ConvolutionLayerParams
 */
export const convolution = on("convolution", (params, call) => {
  const x = call.input(0, 4);
  const channels = x.shape.at(-3) ?? 1;
  const groups = params.nGroups || 1;
  const outputChannels = params.outputChannels ?? 0;
  call.require(
    channels % groups === 0 && outputChannels % groups === 0,
    `cannot split ${channels} and ${outputChannels} channels into ${groups} groups`,
  );
  const bias = call.optionalWeights(params.hasBias, params.bias, [outputChannels], "bias");
  if (params.isDeconvolution === true) return deconvolution(params, call, x, groups, bias);
  const kernelChannels = params.kernelChannels ?? 0;
  call.require(
    kernelChannels === channels / groups,
    `has kernelChannels ${kernelChannels}, but each of its ${groups} groups gets ${channels / groups} channels`,
  );
  const window = windowOf(params, call, x);
  const shape = [outputChannels, kernelChannels, ...window.kernel];
  const weights =
    call.inputCount > 1 ? weightInput(call, shape) : call.weights(params.weights, shape, "weights");
  return convolve(x, { window, groups, outputChannels, weights, bias });
});

function deconvolution(
  params: ConvolutionLayerParams,
  call: LayerCall,
  x: Tensor,
  groups: number,
  bias: Float32Array | undefined,
): Tensor {
  const channels = x.shape.at(-3) ?? 1;
  const outputChannels = params.outputChannels ?? 0;
  const kernel = pairOf(params.kernelSize, 3);
  const stride = pairOf(params.stride, 1);
  call.require(
    params.kernelChannels === channels,
    `has kernelChannels ${params.kernelChannels ?? 0}, but ${channels} channels enter`,
  );
  const shape = [channels, outputChannels / groups, ...kernel];
  const weights = call.weights(params.weights, shape, "weights", 1);
  const outputShape = params.outputShape ?? [];
  const heavyStart = params.same?.asymmetryMode === "TOP_LEFT_HEAVY";
  const border = borderAmounts(params.valid?.paddingAmounts);
  const placement =
    outputShape.length === 2 || params.same !== undefined
      ? {
          sizes:
            outputShape.length === 2
              ? outputShape
              : stride.map((step, axis) => step * (x.shape.at(axis - 2) ?? 1)),
          heavyStart,
        }
      : border;
  return deconvolve(x, { kernel, stride, groups, outputChannels, weights, bias, placement });
}

function windowOf(params: ConvolutionLayerParams, call: LayerCall, x: Tensor): Window {
  const size = {
    kernel: pairOf(params.kernelSize, 3),
    stride: pairOf(params.stride, 1),
    dilation: pairOf(params.dilationFactor, 1),
  };
  if (params.same !== undefined) {
    const heavyStart = params.same.asymmetryMode === "TOP_LEFT_HEAVY";
    return { ...size, ...samePadding(x.shape.slice(-2), size, heavyStart) };
  }
  if (params.valid === undefined) call.fail("states no padding type", "bad-config");
  return { ...size, ...borderAmounts(params.valid?.paddingAmounts) };
}

function weightInput(call: LayerCall, shape: readonly number[]): Float32Array {
  const tensor = call.input(1);
  call.require(
    tensor.shape.slice(-4).join() === shape.join(),
    `gets weights of shape [${tensor.shape}], expected [${shape}]`,
  );
  return tensor.data;
}
