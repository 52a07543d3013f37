import type {
  Convolution3DLayerParams,
  Pooling3DLayerParams,
} from "../../formats/coreml/types.gen.ts";
import type { CoreWindow } from "./window.ts";

/**
 * Parameters of a convolution over depth, height and width.
 * @see NeuralNetwork.proto Convolution3DLayerParams
 */
export function convolution3d(
  window: CoreWindow,
  params: Pick<
    Convolution3DLayerParams,
    | "outputChannels"
    | "inputChannels"
    | "nGroups"
    | "weights"
    | "hasBias"
    | "bias"
    | "isDeconvolution"
    | "outputShape"
  >,
): Convolution3DLayerParams {
  const [dilationDepth, dilationHeight, dilationWidth] = window.dilations;
  return {
    ...params,
    ...kernelAndStride(window),
    dilationDepth,
    dilationHeight,
    dilationWidth,
    ...padding3d(window),
  };
}

/** The window of a pooling over depth, height and width. */
export function pooling3d(window: CoreWindow): Pooling3DLayerParams {
  return { ...kernelAndStride(window), ...padding3d(window) };
}

function kernelAndStride({ size, strides }: CoreWindow) {
  const [kernelDepth, kernelHeight, kernelWidth] = size;
  const [strideDepth, strideHeight, strideWidth] = strides;
  return { kernelDepth, kernelHeight, kernelWidth, strideDepth, strideHeight, strideWidth };
}

function padding3d({ padding }: CoreWindow) {
  if (padding === "same") return { paddingType: "SAME" } as const;
  if (typeof padding === "string") return { paddingType: "VALID" } as const;
  const [depth, height, width] = padding;
  return {
    paddingType: "CUSTOM",
    customPaddingFront: depth?.[0],
    customPaddingBack: depth?.[1],
    customPaddingTop: height?.[0],
    customPaddingBottom: height?.[1],
    customPaddingLeft: width?.[0],
    customPaddingRight: width?.[1],
  } as const;
}
