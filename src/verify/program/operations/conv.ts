import { convolve } from "../../convolve.ts";
import { deconvolve, type Placement } from "../../deconvolve.ts";
import type { OperationCall, OperationRun } from "../call.ts";
import {
  customPadding,
  PAD_TYPES,
  paddedWindow,
  spatialRank,
  spreadKernel,
  steps,
} from "./window.ts";

/** Over one to three axes in space, with weights `[out, in / groups, ...kernel]`. */
export const conv: OperationRun = (call) => {
  const rank = spatialRank(call);
  const x = call.tensor("x");
  const weight = call.tensor("weight", rank + 2);
  const [outputChannels = 1, perGroup = 1, ...kernel] = weight.shape;
  const channels = x.shape[1] ?? 1;
  const groups = groupsOf(call, channels, outputChannels);
  call.require(
    kernel.length === rank && perGroup === channels / groups,
    `has weights [${weight.shape}] and ${groups} groups for an input [${x.shape}]`,
  );
  const ones = kernel.map(() => 1);
  const size = {
    kernel,
    stride: steps(call, "strides", rank, ones),
    dilation: steps(call, "dilations", rank, ones),
  };
  const window = paddedWindow(
    call,
    x.shape.slice(2),
    size,
    call.word("pad_type", PAD_TYPES, "valid"),
  );
  const bias = biasOf(call, outputChannels);
  return convolve(x, { window, groups, outputChannels, weights: weight.data, bias });
};

/** The transpose of a convolution, with weights `[in, out / groups, ...kernel]`. */
export const conv_transpose: OperationRun = (call) => {
  const rank = spatialRank(call);
  const x = call.tensor("x");
  const weight = call.tensor("weight", rank + 2);
  const [inputs = 1, perGroup = 1, ...sizes] = weight.shape;
  const channels = x.shape[1] ?? 1;
  const groups = groupsOf(call, channels, perGroup * call.number("groups", 1));
  call.require(
    sizes.length === rank && inputs === channels,
    `has weights [${weight.shape}] for an input [${x.shape}]`,
  );
  const outputChannels = perGroup * groups;
  const ones = sizes.map(() => 1);
  const stride = steps(call, "strides", rank, ones);
  const { kernel, weights } = spreadKernel(
    weight.data,
    sizes,
    steps(call, "dilations", rank, ones),
  );
  const bias = biasOf(call, outputChannels);
  const placement = placementOf(call, x.shape, outputChannels, stride);
  return deconvolve(x, { kernel, stride, groups, outputChannels, weights, bias, placement });
};

/**
 * Padding is cut from the full result. With `same`, or a stated shape, what is beyond the wanted size is cut from both
 * sides, of an odd amount the larger half at the end.
 */
function placementOf(
  call: OperationCall,
  shape: readonly number[],
  outputChannels: number,
  stride: readonly number[],
): Placement {
  const spatial = shape.slice(2);
  const padType = call.word("pad_type", PAD_TYPES, "valid");
  const custom = customPadding(call, spatial.length);
  const output = call.optional("output_shape");
  if (output !== undefined) {
    const [batch, channels, ...sizes] = output.data;
    call.require(
      batch === shape[0] && channels === outputChannels && sizes.length === spatial.length,
      `states the output shape [${[...output.data]}] for an input [${shape}]`,
    );
    if (padType === "custom") return { sizes, start: custom.before };
    if (padType === "valid") return { sizes, start: spatial.map(() => 0) };
    return { sizes, heavyStart: padType === "same_lower" };
  }
  if (padType === "custom") return custom;
  if (padType === "valid") return { before: spatial.map(() => 0), after: spatial.map(() => 0) };
  const sizes = spatial.map((size, axis) => size * (stride[axis] ?? 1));
  return { sizes, heavyStart: padType === "same_lower" };
}

function groupsOf(call: OperationCall, channels: number, outputChannels: number): number {
  const groups = call.number("groups", 1);
  call.require(
    Number.isInteger(groups) &&
      groups > 0 &&
      channels % groups === 0 &&
      outputChannels % groups === 0,
    `cannot split ${channels} and ${outputChannels} channels into ${groups} groups`,
  );
  return groups;
}

function biasOf(call: OperationCall, channels: number): Float32Array | undefined {
  const bias = call.optional("bias");
  call.require(
    bias === undefined || bias.data.length === channels,
    `has ${bias?.data.length ?? 0} biases for ${channels} channels`,
  );
  return bias?.data;
}
