import type { ValueId } from "../../../ir/graph.ts";
import type { Layout, Padding } from "../../../ir/ops/conv.ts";
import type { WeightRef } from "../../../ir/tensor.ts";
import type { LayerCall, LayerResult, LayerSpec } from "../layer-spec.ts";
import { activate } from "./activation-config.ts";
import { channelAxis, expectRank, knownSize, layoutOf, onlyInput } from "./axes.ts";
import { kernelAndBias } from "./dense.ts";
import { stopMask } from "./masks.ts";
import { convPadding } from "./theano-padding.ts";

/** Plain convolutions. */
export const convSpecs: readonly LayerSpec[] = [
  conv(1, "Conv1D", "Convolution1D", "AtrousConvolution1D"),
  conv(2, "Conv2D", "Convolution2D", "AtrousConvolution2D"),
  conv(3, "Conv3D", "Convolution3D"),
];

/** The sliding window of a layer: what all convolutions share in their configs. */
export interface ConvWindow {
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: Padding;
  readonly layout: Layout;
}

/** Reads the window of a convolution over `rank` spatial axes. */
export function readWindow(call: LayerCall, rank: number): ConvWindow {
  const { config, dialect } = call;
  const kernelSize = config.ints("kernel_size", rank);
  const ones = Array.from({ length: rank }, () => 1);
  const dilations = config.ints("dilation_rate", rank, ones);
  const padding =
    rank === 1
      ? config.oneOf("padding", ["valid", "same", "causal"] as const, "valid")
      : config.oneOf("padding", ["valid", "same"] as const, "valid");
  return {
    kernelSize,
    strides: config.ints("strides", rank, ones),
    dilations,
    padding: convPadding(padding, kernelSize, dilations, dialect),
    layout: layoutOf(config),
  };
}

/** The input of a convolution over `rank` spatial axes, and its number of channels. */
export function convInput(
  call: LayerCall,
  rank: number,
): { readonly input: ValueId; readonly channels: number } {
  const input = onlyInput(call);
  expectRank(call, input, rank + 2);
  const axis = channelAxis(layoutOf(call.config), rank + 2);
  return { input, channels: knownSize(call, input, axis) };
}

/** `{ kernel }` or `{ kernel, bias }`: an absent bias is absent, not undefined. */
export function withBias(
  kernel: WeightRef,
  bias: WeightRef | undefined,
): { readonly kernel: WeightRef; readonly bias?: WeightRef } {
  return bias === undefined ? { kernel } : { kernel, bias };
}

function conv(rank: number, ...classNames: readonly string[]): LayerSpec {
  return { classNames, slots: kernelAndBias, lower: (call) => lowerConv(call, rank) };
}

function lowerConv(call: LayerCall, rank: number): LayerResult {
  const { input, channels } = convInput(call, rank);
  const { kernelSize, ...window } = readWindow(call, rank);
  const filters = call.config.int("filters");
  const groups = call.config.int("groups", 1);
  if (groups < 1 || channels % groups !== 0 || filters % groups !== 0) {
    call.refuse(
      `${channels} input channels and ${filters} filters do not divide into ${groups} groups.`,
    );
  }
  const kernel = call.weight("kernel", [...kernelSize, channels / groups, filters]);
  const weights = withBias(kernel, call.optionalWeight("bias", [filters]));
  return stopMask(activate(call, call.emit({ kind: "conv", ...window, groups, weights }, input)));
}
