import type { Node } from "../../ir/graph.ts";
import type { ConvOp, DepthwiseConvOp } from "../../ir/ops/conv.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import { reshapeWeight } from "../../weights/reshape.ts";
import { transposeWeight } from "../../weights/transpose.ts";
import type { Emitters } from "../target.ts";
import { borders, paddingField } from "./border.ts";
import { emitConvTranspose } from "./conv-transpose.ts";
import { convolution3d } from "./conv-volume.ts";
import type { Emission } from "./emission.ts";
import { emitLocallyConnected } from "./local.ts";
import { type CoreWindow, coreWindow, isVolumeWindow, refuseVolume } from "./window.ts";

/** Convolutions. Those over one axis run on the width; those over three are a layer of specification 5. */
export const convEmitters: Pick<
  Emitters<Emission>,
  "conv" | "depthwiseConv" | "convTranspose" | "locallyConnected"
> = {
  conv: emitConv,
  depthwiseConv: emitDepthwise,
  convTranspose: emitConvTranspose,
  locallyConnected: emitLocallyConnected,
};

function emitConv(node: Node<ConvOp>, emission: Emission): string {
  const { kernel, bias } = node.op.weights;
  const rank = node.op.strides.length;
  const window = coreWindow({ ...node.op, size: kernel.shape.slice(0, rank) });
  const [channels = 0, filters = 0] = kernel.shape.slice(rank);
  if (isVolumeWindow(window)) {
    const x = emission.read(node, window.layout).name;
    const params = {
      outputChannels: filters,
      inputChannels: channels * node.op.groups,
      nGroups: node.op.groups,
      weights: emission.weights(node, transposeWeight(kernel, [4, 3, 0, 1, 2])),
      ...(bias === undefined ? {} : { hasBias: true, bias: emission.weights(node, bias) }),
    };
    return emission
      .write(node, window.layout)
      .finish({ convolution3d: convolution3d(window, params) }, x);
  }
  const spatial = reshapeWeight(kernel, [...window.size, channels, filters]);
  const weights = transposeWeight(spatial, [3, 2, 0, 1]);
  return emitFlat(node, emission, window, { weights, groups: node.op.groups, bias });
}

/** One group for each input channel. */
function emitDepthwise(node: Node<DepthwiseConvOp>, emission: Emission): string {
  const { kernel, bias } = node.op.weights;
  const rank = node.op.strides.length;
  const window = coreWindow({ ...node.op, size: kernel.shape.slice(0, rank) });
  refuseVolume(node, window, "A depthwise convolution");
  const [channels = 0, multiplier = 0] = kernel.shape.slice(rank);
  const spatial = reshapeWeight(kernel, [...window.size, channels, multiplier]);
  const split = transposeWeight(spatial, [2, 3, 0, 1]);
  const weights = reshapeWeight(split, [channels * multiplier, 1, ...window.size]);
  return emitFlat(node, emission, window, { weights, groups: channels, bias });
}

interface FlatConv {
  /** `[out, in / groups, height, width]` */
  readonly weights: WeightRef;
  readonly groups: number;
  readonly bias: WeightRef | undefined;
}

/** @see NeuralNetwork.proto ConvolutionLayerParams */
function emitFlat(
  node: Node<ConvOp | DepthwiseConvOp>,
  emission: Emission,
  window: CoreWindow,
  { weights, groups, bias }: FlatConv,
): string {
  const x = emission.read(node, window.layout).name;
  const writer = emission.write(node, window.layout);
  const [outputChannels = 0, kernelChannels = 0] = weights.shape;
  const { padding } = window;
  // causal padding stands before one time axis, which lies on the width
  const reach = ((window.size[1] ?? 1) - 1) * (window.dilations[1] ?? 1);
  const paddingAmounts = borders([0, 0], [reach, 0]);
  const padded =
    padding === "causal"
      ? writer.step("causal_pad", { padding: { constant: {}, paddingAmounts } }, x)
      : x;
  const convolution = {
    outputChannels,
    kernelChannels,
    nGroups: groups,
    kernelSize: window.size,
    stride: window.strides,
    dilationFactor: window.dilations,
    ...paddingField(padding === "causal" ? "valid" : padding),
    weights: emission.weights(node, weights),
    ...(bias === undefined ? {} : { hasBias: true, bias: emission.weights(node, bias) }),
  };
  const update = emission.isTrainable(node) ? { isUpdatable: true } : {};
  return writer.finish({ ...update, convolution }, padded);
}
