import { reshape, type Tensor } from "@tensorflow/tfjs-core";
import type { ConvOp, DepthwiseConvOp } from "../../ir/ops/conv.ts";
import { type Convolution, convolve, convolveDepthwise } from "./convolve.ts";
import {
  type Computed,
  computed,
  type FusedActivation,
  optionalWeight,
  tensorAt,
  type WeightLookup,
} from "./forward.ts";
import { channelsLast, sizeAt } from "./rank.ts";

export { convTranspose } from "./conv-transpose.ts";
export { locallyConnected } from "./locally-connected.ts";

/** Convolution over one to three axes. */
export function conv(
  op: ConvOp,
  inputs: readonly Tensor[],
  weightOf: WeightLookup,
  activation: FusedActivation,
): Computed {
  const kernel = weightOf(op.weights.kernel);
  const convolution = convolutionOf(op, kernel, weightOf, activation);
  return computed(
    channelsLast(tensorAt(inputs, 0), op.layout, (x) => {
      const [channels, out] = [sizeAt(x, -1), sizeAt(kernel, -1)];
      // Each group has one channel: its own filters stand side by side, as a depthwise kernel has them.
      if (op.groups === channels && op.groups > 1) {
        const shape = [...kernel.shape.slice(0, -2), channels, out / channels];
        return convolveDepthwise(x, { ...convolution, kernel: reshape(kernel, shape) });
      }
      return convolve(x, convolution, op.groups);
    }),
  );
}

/** Each channel by itself; output channel `c * multiplier + m`. */
export function depthwiseConv(
  op: DepthwiseConvOp,
  inputs: readonly Tensor[],
  weightOf: WeightLookup,
  activation: FusedActivation,
): Computed {
  const kernel = weightOf(op.weights.kernel);
  const convolution = convolutionOf(op, kernel, weightOf, activation);
  return computed(
    channelsLast(tensorAt(inputs, 0), op.layout, (x) => convolveDepthwise(x, convolution)),
  );
}

function convolutionOf(
  op: ConvOp | DepthwiseConvOp,
  kernel: Tensor,
  weightOf: WeightLookup,
  activation: FusedActivation,
): Convolution {
  const { strides, dilations, padding } = op;
  const size = kernel.shape.slice(0, strides.length);
  const bias = optionalWeight(op.weights.bias, weightOf);
  return { size, strides, dilations, padding, kernel, bias, activation };
}
