import {
  concat,
  conv2d,
  conv3d,
  fused,
  reshape,
  split,
  type Tensor,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import type { Window } from "../../ir/ops/window.ts";
import { applyFused } from "./activation-function.ts";
import { addBias } from "./add-bias.ts";
import { dilate } from "./dilate.ts";
import { type FusedActivation, tensorAt } from "./forward.ts";
import { onTape } from "./on-tape.ts";
import { fiveAxes, fourAxes, pair, sizeAt, triple, withTwoSpatial } from "./rank.ts";
import { nodeBackend } from "./tensorflow/node-backend.ts";
import { padSpatial, thin } from "./window.ts";

/** A convolution of `(batch, …spatial, channels)`. */
export interface Convolution extends Window {
  /** `[…spatial, in / groups, out]`, depthwise `[…spatial, in, multiplier]` */
  readonly kernel: Tensor;
  readonly bias: Tensor | undefined;
  readonly activation: FusedActivation;
}

/** Cross-correlation over one to three axes, channels in groups. */
export function convolve(x: Tensor, convolution: Convolution, groups = 1): Tensor {
  if (groups === 1) return slide(x, convolution, dense);
  const { kernel, bias, activation } = convolution;
  const kernels = split(kernel, groups, kernel.rank - 1);
  const parts = split(x, groups, x.rank - 1).map((part, group) =>
    slide(part, { ...convolution, ...PLAIN, kernel: tensorAt(kernels, group) }, dense),
  );
  return finish(concat(parts, x.rank - 1), bias, activation);
}

/** Each channel with its own filters. */
export function convolveDepthwise(x: Tensor, convolution: Convolution): Tensor {
  if (x.rank < 5) return slide(x, convolution, depthwise);
  const { kernel, bias, activation } = convolution;
  const channels = sizeAt(x, -1);
  const kernels = split(kernel, channels, kernel.rank - 2);
  const parts = split(x, channels, x.rank - 1).map((part, channel) =>
    slide(part, { ...convolution, ...PLAIN, kernel: tensorAt(kernels, channel) }, dense),
  );
  return finish(concat(parts, x.rank - 1), bias, activation);
}

const PLAIN = { bias: undefined, activation: "linear" } as const;

type Kernel = (x: Tensor, convolution: Convolution, padding: "same" | "valid") => Tensor;

/** Does before and after the kernel what no kernel does: explicit padding, strides together with dilations. */
function slide(x: Tensor, convolution: Convolution, kernel: Kernel): Tensor {
  const { padding, strides, dilations } = convolution;
  const strided = strides.some((stride) => stride > 1);
  // TensorFlow's depthwise kernels want equal strides, and no convolution strides and dilations at once.
  const apart =
    strided &&
    x.rank < 5 &&
    (dilations.some((dilation) => dilation > 1) ||
      (kernel === depthwise && new Set(pair(strides, strides[0] ?? 1)).size > 1));
  if (apart) {
    const dense = { ...convolution, strides: strides.map(() => 1) };
    return thin(kernel(padSpatial(x, convolution, 0), dense, "valid"), strides);
  }
  // In 4.22 "same" on wasm reads beside the input where strides leave elements out.
  const skips = strides.some((stride, axis) => stride > (convolution.size[axis] ?? 1));
  if (padding === "valid" || (padding === "same" && x.rank < 5 && !skips)) {
    return kernel(x, convolution, padding);
  }
  return kernel(padSpatial(x, convolution, 0), convolution, "valid");
}

function dense(x: Tensor, convolution: Convolution, pad: "same" | "valid"): Tensor {
  const { kernel, bias, activation } = convolution;
  const { strides, dilations } = convolution;
  if (x.rank === 5) {
    // TensorFlow itself knows no dilated convolution of volumes.
    const spread = fiveAxes(dilate(kernel, dilations));
    const y = conv3d(fiveAxes(x), spread, triple(strides), pad);
    return finish(y, bias, activation);
  }
  // The fused kernel of tfjs-node is three in a row, and keeps what is between them until the end.
  if (onTape() || nodeBackend() !== undefined) {
    // Nor does tfjs' own gradient know dilations.
    const apart = onTape() && dilations.some((dilation) => dilation > 1);
    const filter = twoSpatialKernel(apart ? dilate(kernel, dilations) : kernel);
    const gaps = apart ? [1, 1] : dilations;
    const y = withTwoSpatial(x, (rows) =>
      conv2d(fourAxes(rows), filter, pair(strides, 1), pad, "NHWC", pair(gaps, 1)),
    );
    return finish(y, bias, activation);
  }
  return withTwoSpatial(x, (y) =>
    fused.conv2d({
      x: fourAxes(y),
      filter: twoSpatialKernel(kernel),
      strides: pair(strides, 1),
      dilations: pair(dilations, 1),
      pad,
      activation,
      ...(bias === undefined ? {} : { bias }),
    }),
  );
}

function depthwise(x: Tensor, convolution: Convolution, pad: "same" | "valid"): Tensor {
  const { kernel, bias, activation, strides, dilations } = convolution;
  // A single axis stands for rows of one place: the stride of the other axis is free.
  const equal = strides[0] ?? 1;
  return withTwoSpatial(x, (y) =>
    fused.depthwiseConv2d({
      x: fourAxes(y),
      filter: twoSpatialKernel(kernel),
      strides: pair(strides, equal),
      dilations: pair(dilations, 1),
      pad,
      activation,
      ...(bias === undefined ? {} : { bias }),
    }),
  );
}

function twoSpatialKernel(kernel: Tensor): Tensor4D {
  return fourAxes(kernel.rank === 4 ? kernel : reshape(kernel, [1, ...kernel.shape]));
}

/** Adds the bias and applies the activation where the kernel does not. Takes the result of the kernel over. */
function finish(x: Tensor, bias: Tensor | undefined, activation: FusedActivation): Tensor {
  const moved = bias === undefined ? x : addBias(x, bias);
  const y = applyFused(activation, moved);
  if (!onTape()) for (const one of new Set([x, moved])) if (one !== y) one.dispose();
  return y;
}
