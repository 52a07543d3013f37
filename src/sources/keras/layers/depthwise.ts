import type { ConfigReader } from "../config.ts";
import type { Dialect, LayerCall, LayerResult, LayerSpec, WeightSlot } from "../layer-spec.ts";
import { activate } from "./activation-config.ts";
import { convInput, readWindow, withBias } from "./conv.ts";
import { stopMask } from "./masks.ts";

/** Convolutions channel by channel, alone or followed by one of width 1. */
export const depthwiseSpecs: readonly LayerSpec[] = [
  depthwise(1, "DepthwiseConv1D"),
  depthwise(2, "DepthwiseConv2D", "DepthwiseConvolution2D"),
  separable(1, "SeparableConv1D", "SeparableConvolution1D"),
  separable(2, "SeparableConv2D", "SeparableConvolution2D"),
];

function depthwise(rank: number, ...classNames: readonly string[]): LayerSpec {
  return { classNames, slots: depthwiseSlots, lower: (call) => lowerDepthwise(call, rank) };
}

function separable(rank: number, ...classNames: readonly string[]): LayerSpec {
  return { classNames, slots: separableSlots, lower: (call) => lowerSeparable(call, rank) };
}

function depthwiseSlots(config: ConfigReader, dialect: Dialect): readonly WeightSlot[] {
  const kernel = { role: depthwiseRole(dialect) };
  return config.bool("use_bias", true) ? [kernel, { role: "bias" }] : [kernel];
}

/** Keras 3 calls it `kernel`, all before `depthwise_kernel`. */
function depthwiseRole(dialect: Dialect): string {
  return dialect.generation === 3 ? "kernel" : "depthwise_kernel";
}

function lowerDepthwise(call: LayerCall, rank: number): LayerResult {
  const { input, channels } = convInput(call, rank);
  const { kernelSize, ...window } = readWindow(call, rank);
  const multiplier = call.config.int("depth_multiplier", 1);
  const shape = [...kernelSize, channels, multiplier];
  const kernel = call.weight(depthwiseRole(call.dialect), shape);
  const weights = withBias(kernel, call.optionalWeight("bias", [channels * multiplier]));
  return stopMask(activate(call, call.emit({ kind: "depthwiseConv", ...window, weights }, input)));
}

function separableSlots(config: ConfigReader): readonly WeightSlot[] {
  const kernels = [{ role: "depthwise_kernel" }, { role: "pointwise_kernel" }];
  return config.bool("use_bias", true) ? [...kernels, { role: "bias" }] : kernels;
}

/** Strides, dilations and padding belong to the first step, the bias to the second. */
function lowerSeparable(call: LayerCall, rank: number): LayerResult {
  const { input, channels } = convInput(call, rank);
  const { kernelSize, ...window } = readWindow(call, rank);
  const filters = call.config.int("filters");
  const multiplier = call.config.int("depth_multiplier", 1);
  const ones = kernelSize.map(() => 1);
  const depthwiseKernel = call.weight("depthwise_kernel", [...kernelSize, channels, multiplier]);
  const kernel = call.weight("pointwise_kernel", [...ones, channels * multiplier, filters]);
  const weights = withBias(kernel, call.optionalWeight("bias", [filters]));
  const apart = call.emit(
    { kind: "depthwiseConv", ...window, weights: { kernel: depthwiseKernel } },
    input,
  );
  const { layout } = window;
  const mixed = call.emit(
    { kind: "conv", strides: ones, dilations: ones, padding: "valid", groups: 1, layout, weights },
    apart,
  );
  return stopMask(activate(call, mixed));
}
