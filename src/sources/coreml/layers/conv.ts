import type {
  Convolution3DLayerParams,
  ConvolutionLayerParams,
} from "../../../formats/coreml/types.gen.ts";
import type { WeightRef } from "../../../ir/tensor.ts";
import { reshapeWeight } from "../../../weights/reshape.ts";
import { transposeWeight } from "../../../weights/transpose.ts";
import type { Blob } from "../blob.ts";
import { type LayerCall, on } from "../layer-call.ts";
import { lowerTranspose } from "./conv-transpose.ts";
import { type CoreWindow, opWindow, pairOf, planePadding } from "./window.ts";

/** @see NeuralNetwork.proto ConvolutionLayerParams */
export const convolution = on("convolution", (params, call) => {
  const kernelBlob = call.inputCount > 1 ? call.operand(1).constant : undefined;
  if (call.inputCount > 1 && (kernelBlob === undefined || params.isDeconvolution === true)) {
    call.refuse("its kernel is computed by another layer");
  }
  const x = call.input(0, 4);
  const window = planeWindow(call, params, x);
  const kernel = window.size;
  const groups = params.nGroups || 1;
  const out = params.outputChannels ?? 0;
  const channels = params.kernelChannels ?? 0;
  const bias = call.optionalWeight(params.hasBias, params.bias, [out], "bias");
  if (params.isDeconvolution === true) {
    const weights = call.weight(params.weights, [channels, out / groups, ...kernel], "weights", 1);
    const sizes = params.outputShape ?? [];
    lowerTranspose(call, { x, window, weights, bias, groups, sizes, heavyStart: isHeavy(params) });
    return;
  }
  const shape = [out, channels, ...kernel];
  const weights =
    kernelBlob === undefined
      ? call.weight(params.weights, shape, "weights")
      : reshapeWeight(kernelBlob, shape);
  lowerConv(call, { x, window, weights, bias, groups });
});

/** @see NeuralNetwork.proto Convolution3DLayerParams */
export const convolution3d = on("convolution3d", (params, call) => {
  const x = call.input(0, 5);
  const window = volumeWindow(params);
  const groups = params.nGroups || 1;
  const out = params.outputChannels ?? 0;
  const channels = params.inputChannels ?? 0;
  const bias = call.optionalWeight(params.hasBias, params.bias, [out], "bias");
  if (params.isDeconvolution === true) {
    const shape = [channels, out / groups, ...window.size];
    const weights = call.weight(params.weights, shape, "weights", 1);
    const sizes = params.outputShape ?? [];
    lowerTranspose(call, { x, window, weights, bias, groups, sizes, heavyStart: false });
    return;
  }
  const weights = call.weight(params.weights, [out, channels / groups, ...window.size], "weights");
  lowerConv(call, { x, window, weights, bias, groups });
});

/** A window over depth, height and width: `SAME`, none, or stated amounts. */
export function volumeWindow(
  params: Pick<
    Convolution3DLayerParams,
    | "kernelDepth"
    | "kernelHeight"
    | "kernelWidth"
    | "strideDepth"
    | "strideHeight"
    | "strideWidth"
    | "dilationDepth"
    | "dilationHeight"
    | "dilationWidth"
    | "paddingType"
    | "customPaddingFront"
    | "customPaddingBack"
    | "customPaddingTop"
    | "customPaddingBottom"
    | "customPaddingLeft"
    | "customPaddingRight"
  >,
): CoreWindow {
  const orOne = (...values: readonly (number | undefined)[]): readonly number[] =>
    values.map((value) => value || 1);
  const amounts = [
    [params.customPaddingFront ?? 0, params.customPaddingBack ?? 0],
    [params.customPaddingTop ?? 0, params.customPaddingBottom ?? 0],
    [params.customPaddingLeft ?? 0, params.customPaddingRight ?? 0],
  ] as const;
  const stated = amounts.flat().some((amount) => amount !== 0) ? amounts : "valid";
  const types = { SAME: "same", VALID: "valid", CUSTOM: stated } as const;
  return {
    size: orOne(params.kernelDepth, params.kernelHeight, params.kernelWidth),
    strides: orOne(params.strideDepth, params.strideHeight, params.strideWidth),
    dilations: orOne(params.dilationDepth, params.dilationHeight, params.dilationWidth),
    padding: types[params.paddingType ?? "CUSTOM"],
  };
}

function planeWindow(call: LayerCall, params: ConvolutionLayerParams, x: Blob): CoreWindow {
  const window = {
    size: pairOf(params.kernelSize, 3),
    strides: pairOf(params.stride, 1),
    dilations: pairOf(params.dilationFactor, 1),
  };
  // a stated output size leaves the padding no say
  const sized = params.isDeconvolution === true && (params.outputShape ?? []).length === 2;
  const none = params.valid === undefined && params.same === undefined;
  if (params.isDeconvolution === true && (sized || params.same !== undefined || none)) {
    return { ...window, dilations: [1, 1], padding: params.same === undefined ? "valid" : "same" };
  }
  return { ...window, padding: planePadding(call, params, window, call.dims(x).slice(-2)) };
}

function isHeavy({ same }: ConvolutionLayerParams): boolean {
  return same?.asymmetryMode === "TOP_LEFT_HEAVY";
}

interface Conv {
  readonly x: Blob;
  readonly window: CoreWindow;
  /** `[out, in / groups, …window]` */
  readonly weights: WeightRef;
  readonly bias: WeightRef | undefined;
  readonly groups: number;
}

/** A convolution; one filter set for each channel is a depthwise one, and a window that slides over nothing a dense layer. */
function lowerConv(call: LayerCall, { x, window, weights, bias, groups }: Conv): void {
  const [out = 0, perGroup = 0] = weights.shape;
  const channel = x.axes.length - window.size.length - 1;
  const slid = opWindow(call, x, window);
  const { spatial, size, strides, dilations, padding } = slid;
  const places = [...spatial, channel];
  const value = call.arrange(x, places);
  const biased = bias === undefined ? {} : { bias };
  const channels = call.typeOf(value).shape.at(-1);
  if (channels === null) call.guessLength(perGroup * groups);
  const order = weights.shape.slice(2).map((_, axis) => axis + 2);
  if (spatial.length === 0 && groups === 1) {
    const kernel = transposeWeight(reshapeWeight(weights, [out, perGroup]), [1, 0]);
    const dense = { kind: "dense", weights: { kernel, ...biased } } as const;
    call.finish(call.emit(dense, value), x.axes, places);
    return;
  }
  if (spatial.length === 0) {
    call.refuse("it joins channels in groups at a single place");
    return;
  }
  const common = { strides, dilations, padding, layout: "channels-last" } as const;
  if (groups > 1 && groups === channels && perGroup === 1) {
    const split = reshapeWeight(weights, [groups, out / groups, ...window.size]);
    const turned = transposeWeight(split, [...order, 0, 1]);
    const kernel = reshapeWeight(turned, [...size, groups, out / groups]);
    const op = { kind: "depthwiseConv", ...common, weights: { kernel, ...biased } } as const;
    call.finish(call.emit(op, value), x.axes, places);
    return;
  }
  const kernel = reshapeWeight(transposeWeight(weights, [...order, 1, 0]), [
    ...size,
    perGroup,
    out,
  ]);
  const op = { kind: "conv", ...common, groups, weights: { kernel, ...biased } } as const;
  call.finish(call.emit(op, value), x.axes, places);
}
