import type { Node } from "../../../ir/graph.ts";
import type { ConvOp, ConvTransposeOp, DepthwiseConvOp } from "../../../ir/ops/conv.ts";
import { windowPadding } from "../../../ir/ops/window.ts";
import { type Dim, sizeOf, type WeightRef } from "../../../ir/tensor.ts";
import { mapWeight } from "../../../weights/map.ts";
import { reshapeWeight } from "../../../weights/reshape.ts";
import { sliceWeight } from "../../../weights/slice.ts";
import type { Emitters } from "../../target.ts";
import { bordered } from "./border.ts";
import { inChannelsLast } from "./channels-last.ts";
import type { LayersEmission, TensorPlace } from "./emission.ts";
import { refuse } from "./refuse.ts";
import { reshaped } from "./steps.ts";

/** Convolutions over one to three axes. */
export const convEmitters = {
  conv: emitConv,
  depthwiseConv: emitDepthwise,
  convTranspose: emitTranspose,
  locallyConnected: {
    unsupported: "locally connected layers do not exist in layers of TensorFlow.js.",
  },
} satisfies Partial<Emitters<LayersEmission>>;

type Windowed = ConvOp | DepthwiseConvOp;

function emitConv(node: Node<ConvOp>, emission: LayersEmission): void {
  const { op } = node;
  const { kernel, bias } = op.weights;
  const input = emission.input(node);
  const channels = op.layout === "channels-last" ? input.shape.at(-1) : input.shape[1];
  if (op.groups > 1 && op.groups === channels && op.strides.length === 2) {
    const out = kernel.shape.at(-1) ?? 0;
    const shape = [...kernel.shape.slice(0, 2), channels, out / channels];
    const weights = { depthwise_kernel: reshapeWeight(kernel, shape), ...biasOf(bias) };
    emission.finish(node, depthwise(node, emission, input, weights));
    return;
  }
  if (op.groups > 1) emission.finish(node, grouped(node, emission, input));
  else emission.finish(node, convolved(node, emission, input, { kernel, ...biasOf(bias) }));
}

function convolved(
  node: Node<ConvOp>,
  emission: LayersEmission,
  input: TensorPlace,
  weights: { readonly kernel: WeightRef; readonly bias?: WeightRef },
  step?: string,
): TensorPlace {
  const { op } = node;
  const rank = op.strides.length;
  const className = (["Conv1D", "Conv2D", "Conv3D"] as const)[rank - 1] ?? "Conv2D";
  const filters = weights.kernel.shape.at(-1) ?? 0;
  return inChannelsLast(node, emission, input, op.layout, step, (x, place, shapeOf) => {
    const { padded, config } = windowOf(node, emission, x, weights.kernel, place.step);
    const all = { ...config, filters, use_bias: weights.bias !== undefined };
    const shape = shapeOf(filters);
    return emission.one(node, { className, config: all, shape, weights, ...place }, padded);
  });
}

/** Each group by itself, then side by side. */
function grouped(node: Node<ConvOp>, emission: LayersEmission, input: TensorPlace): TensorPlace {
  const { groups, layout, weights } = node.op;
  const axis = layout === "channels-last" ? input.shape.length - 1 : 1;
  const width = (input.shape[axis] ?? 0) / groups;
  const filters = (weights.kernel.shape.at(-1) ?? 0) / groups;
  const last = weights.kernel.shape.length - 1;
  const parts = Array.from({ length: groups }, (_, group) => {
    const amounts = input.shape.map((_, i) =>
      i === axis ? ([group * width, (groups - 1 - group) * width] as const) : NONE,
    );
    const part = bordered(emission, node, "Cropping2D", input, amounts, `group_${group}`);
    const cut = (ref: WeightRef, at: number) =>
      sliceWeight(ref, at, group * filters, (group + 1) * filters);
    const bias = weights.bias === undefined ? {} : { bias: cut(weights.bias, 0) };
    const kernel = cut(weights.kernel, last);
    return convolved(node, emission, part, { kernel, ...bias }, `conv_${group}`);
  });
  const shape = emission.outputShape(node);
  return emission.one(node, { className: "Concatenate", config: { axis }, shape }, ...parts);
}

const NONE = [0, 0] as const;

function emitDepthwise(node: Node<DepthwiseConvOp>, emission: LayersEmission): void {
  const { kernel, bias } = node.op.weights;
  const rank = node.op.strides.length;
  const input = emission.input(node);
  const weights = { depthwise_kernel: kernel, ...biasOf(bias) };
  if (rank === 2) emission.finish(node, depthwise(node, emission, input, weights));
  else if (rank === 1) emission.finish(node, depthwiseRow(node, emission, input, weights));
  else
    refuse(node, "a depthwise convolution of volumes does not exist in layers of TensorFlow.js.");
}

type DepthwiseWeights = {
  readonly depthwise_kernel: WeightRef;
  readonly bias?: WeightRef;
};

function depthwise(
  node: Node<Windowed>,
  emission: LayersEmission,
  input: TensorPlace,
  weights: DepthwiseWeights,
): TensorPlace {
  const kernel = weights.depthwise_kernel;
  const [channels = 0, depth_multiplier = 0] = kernel.shape.slice(-2);
  return inChannelsLast(node, emission, input, node.op.layout, undefined, (x, place, shapeOf) => {
    const { padded, config } = windowOf(node, emission, x, kernel, place.step);
    const spread = dilatedKernel(kernel, node.op.dilations);
    const all = {
      ...config,
      ...spreadConfig(spread, 2),
      depth_multiplier,
      use_bias: weights.bias !== undefined,
    };
    const shape = shapeOf(channels * depth_multiplier);
    const stored = { ...weights, depthwise_kernel: spread };
    const parts = { className: "DepthwiseConv2D", config: all, shape, weights: stored, ...place };
    return emission.one(node, parts, padded);
  });
}

/** A sequence as a picture of one row. */
function depthwiseRow(
  node: Node<DepthwiseConvOp>,
  emission: LayersEmission,
  input: TensorPlace,
  weights: DepthwiseWeights,
): TensorPlace {
  const { op } = node;
  const spread = dilatedKernel(weights.depthwise_kernel, op.dilations);
  const kernel = reshapeWeight(spread, [1, ...spread.shape]);
  const [channels = 0, depth_multiplier = 0] = kernel.shape.slice(-2);
  return inChannelsLast(node, emission, input, op.layout, undefined, (x, place, shapeOf) => {
    const { padded, config } = windowOf(node, emission, x, weights.depthwise_kernel, place.step);
    const row = asRow(node, emission, padded);
    const wide = {
      ...config,
      ...spreadConfig(kernel, 2),
      // A row has one place, so its own stride is free; equal strides suit every backend.
      strides: [config.strides[0] ?? 1, ...config.strides],
      depth_multiplier,
      use_bias: weights.bias !== undefined,
    };
    const shape = shapeOf(channels * depth_multiplier);
    const parts = { className: "DepthwiseConv2D", config: wide, step: "row" };
    const all = { ...weights, depthwise_kernel: kernel };
    const y = emission.one(node, { ...parts, shape: shape.toSpliced(1, 0, 1), weights: all }, row);
    return reshaped(emission, { node, ...place }, y, shape);
  });
}

/** DepthwiseConv2D of tfjs reads its dilations and forgets them, so the kernel itself is spread. */
function dilatedKernel(kernel: WeightRef, dilations: readonly number[]): WeightRef {
  return dilations.reduce((ref, dilation, axis) => {
    if (dilation === 1) return ref;
    const size = ref.shape[axis] ?? 1;
    const reach = (size - 1) * dilation + 1;
    const inner = sizeOf(ref.shape.slice(axis + 1));
    const shape = ref.shape.with(axis, reach);
    return mapWeight(`spread${axis}x${dilation}`, [ref], shape, (values = new Float64Array()) => {
      const spread = new Float64Array(sizeOf(shape));
      for (let row = 0; row * inner < values.length; row++) {
        const place = Math.floor(row / size) * reach + (row % size) * dilation;
        spread.set(values.subarray(row * inner, (row + 1) * inner), place * inner);
      }
      return spread;
    });
  }, kernel);
}

function spreadConfig(kernel: WeightRef, rank: number) {
  const kernel_size = kernel.shape.slice(0, rank);
  return { kernel_size, dilation_rate: kernel_size.map(() => 1) };
}

function emitTranspose(node: Node<ConvTransposeOp>, emission: LayersEmission): void {
  const { op } = node;
  const { kernel, bias } = op.weights;
  if (op.outputPadding !== undefined || op.dilations.some((dilation) => dilation > 1)) {
    refuse(node, "a transposed convolution with output padding or dilations does not exist there.");
  }
  const rank = op.strides.length;
  const skips = op.strides.some((stride, axis) => stride > (kernel.shape[axis] ?? 1));
  if (rank === 3 && op.padding === "same" && skips) {
    refuse(node, "strides beyond the kernel of volumes are wrong in layers of TensorFlow.js.");
  }
  const row = rank === 1;
  const filters = kernel.shape.at(-2) ?? 0;
  const wide = (list: readonly number[]) => (row ? [1, ...list] : [...list]);
  const config = {
    filters,
    kernel_size: wide(kernel.shape.slice(0, rank)),
    strides: wide(op.strides),
    padding: op.padding,
    data_format: "channels_last",
    use_bias: bias !== undefined,
    activation: emission.activationOf(node),
  };
  const className = rank === 3 ? "Conv3DTranspose" : "Conv2DTranspose";
  const stored = row ? reshapeWeight(kernel, [1, ...kernel.shape]) : kernel;
  const weights = { kernel: stored, ...biasOf(bias) };
  const input = emission.input(node);
  const y = inChannelsLast(node, emission, input, op.layout, undefined, (x, place, shapeOf) => {
    const shape = shapeOf(filters);
    const parts = { className, config, weights };
    if (!row) return emission.one(node, { ...parts, shape, ...place }, x);
    const flat = asRow(node, emission, x);
    const wider = { ...parts, shape: shape.toSpliced(1, 0, 1), step: "row" };
    return reshaped(emission, { node, ...place }, emission.one(node, wider, flat), shape);
  });
  emission.finish(node, y);
}

/** The window in Keras' words, and the input with what tfjs cannot pad itself. */
function windowOf(
  node: Node<Windowed>,
  emission: LayersEmission,
  x: TensorPlace,
  kernel: WeightRef,
  step: string | undefined,
) {
  const { strides, dilations, padding } = node.op;
  const rank = strides.length;
  const size = kernel.shape.slice(0, rank);
  if (strides.some((stride) => stride > 1) && dilations.some((dilation) => dilation > 1)) {
    refuse(node, "strides and dilations together do not exist in layers of TensorFlow.js.");
  }
  const sizes = strides.map((_, axis) => x.shape[axis + 1] ?? null);
  // "same" that leaves elements out is wrong on tfjs' wasm backend.
  const skips =
    rank < 3 && !sizes.includes(null) && strides.some((n, axis) => n > (size[axis] ?? 1));
  const plain = padding === "valid" || (padding === "same" && !skips);
  const config = {
    kernel_size: size,
    strides: [...strides],
    dilation_rate: [...dilations],
    padding: plain ? padding : "valid",
    data_format: "channels_last",
    activation: emission.activationOf(node),
  };
  if (plain) return { padded: x, config };
  const amounts = strides.map((_, axis) => {
    const window = { size, strides, dilations, padding };
    return windowPadding(window, axis, sizes[axis] ?? null) ?? NONE;
  });
  const name = step === undefined ? "pad" : `${step}_pad`;
  const border = [NONE, ...amounts, NONE];
  return { padded: bordered(emission, node, "ZeroPadding2D", x, border, name), config };
}

function asRow(node: Node, emission: LayersEmission, x: TensorPlace): TensorPlace {
  const shape: readonly Dim[] = x.shape.toSpliced(1, 0, 1);
  return reshaped(emission, { node, step: "as_row" }, x, shape);
}

function biasOf(bias: WeightRef | undefined): { readonly bias?: WeightRef } {
  return bias === undefined ? {} : { bias };
}
