import { on } from "../call.ts";
import { convolve } from "../convolve.ts";
import { samePadding } from "../window.ts";

/**
 * 3-D convolution of `[batch, channels, depth, height, width]`. The layout of 3-D deconvolution
 * weights is not told without contradiction, so that is refused.
 *
 * @see NeuralNetwork.proto Convolution3DLayerParams
 */
export const convolution3d = on("convolution3d", (params, call) => {
  const x = call.input(0, 5);
  if (params.isDeconvolution === true) {
    call.fail("is a 3-D deconvolution, which is not computed here", "unsupported");
  }
  const channels = x.shape.at(-4) ?? 1;
  const groups = params.nGroups || 1;
  const outputChannels = params.outputChannels ?? 0;
  call.require(
    params.inputChannels === channels,
    `has inputChannels ${params.inputChannels ?? 0}, but ${channels} channels enter`,
  );
  const size = {
    kernel: [params.kernelDepth, params.kernelHeight, params.kernelWidth].map((k) => k || 1),
    stride: [params.strideDepth, params.strideHeight, params.strideWidth].map((s) => s || 1),
    dilation: [params.dilationDepth, params.dilationHeight, params.dilationWidth].map(
      (d) => d || 1,
    ),
  };
  const before = [params.customPaddingFront, params.customPaddingTop, params.customPaddingLeft];
  const after = [params.customPaddingBack, params.customPaddingBottom, params.customPaddingRight];
  const custom = params.paddingType === undefined || params.paddingType === "CUSTOM";
  const padding =
    params.paddingType === "SAME"
      ? samePadding(x.shape.slice(-3), size, false)
      : {
          before: before.map((amount) => (custom ? (amount ?? 0) : 0)),
          after: after.map((amount) => (custom ? (amount ?? 0) : 0)),
        };
  return convolve(x, {
    window: { ...size, ...padding },
    groups,
    outputChannels,
    weights: call.weights(
      params.weights,
      [outputChannels, channels / groups, ...size.kernel],
      "weights",
    ),
    bias: call.optionalWeights(params.hasBias, params.bias, [outputChannels], "bias"),
  });
});
