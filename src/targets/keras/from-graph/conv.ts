import type {
  ConvOp,
  ConvTransposeOp,
  DepthwiseConvOp,
  Layout,
  Padding,
} from "../../../ir/ops/conv.ts";
import type { JsonObject } from "../../../json.ts";
import type { LayerDraft } from "./layer.ts";

/** Conv1D to Conv3D. */
export function convLayer(op: ConvOp): LayerDraft {
  const { kernel, bias } = op.weights;
  const rank = op.strides.length;
  return windowed(op, rank, {
    className: `Conv${rank}D`,
    config: {
      filters: kernel.shape.at(-1) ?? 0,
      groups: op.groups,
      dilation_rate: op.dilations,
      ...shared(op, kernel.shape.slice(0, rank)),
    },
    weights: [kernel, bias],
  });
}

/** DepthwiseConv1D and DepthwiseConv2D. */
export function depthwiseLayer(op: DepthwiseConvOp): LayerDraft {
  const { kernel, bias } = op.weights;
  const rank = op.strides.length;
  if (rank > 2) return { unsupported: "Keras has no depthwise convolution over volumes." };
  return windowed(op, rank, {
    className: `DepthwiseConv${rank}D`,
    config: {
      depth_multiplier: kernel.shape.at(-1) ?? 1,
      dilation_rate: op.dilations,
      ...shared(op, kernel.shape.slice(0, rank)),
    },
    weights: [kernel, bias],
  });
}

/** Conv1DTranspose to Conv3DTranspose. */
export function convTransposeLayer(op: ConvTransposeOp): LayerDraft {
  const { kernel, bias } = op.weights;
  const rank = op.strides.length;
  return {
    className: `Conv${rank}DTranspose`,
    config: {
      filters: kernel.shape.at(-2) ?? 0,
      padding: op.padding,
      output_padding: op.outputPadding ?? null,
      dilation_rate: op.dilations,
      ...shared(op, kernel.shape.slice(0, rank)),
    },
    weights: [kernel, bias],
  };
}

interface Shared {
  readonly strides: readonly number[];
  readonly layout: Layout;
  readonly weights: { readonly bias?: unknown };
}

function shared({ strides, layout, weights }: Shared, kernel: readonly number[]): JsonObject {
  return {
    kernel_size: kernel,
    strides,
    data_format: dataFormat(layout),
    activation: "linear",
    use_bias: weights.bias !== undefined,
  };
}

/** `channels_last` or `channels_first`. */
export function dataFormat(layout: Layout): string {
  return layout === "channels-last" ? "channels_last" : "channels_first";
}

/** A layer with its padding, which gets a layer of its own where Keras has no word for it. */
function windowed(
  { padding, layout }: { readonly padding: Padding; readonly layout: Layout },
  rank: number,
  layer: Exclude<LayerDraft, { readonly unsupported: string }>,
): LayerDraft {
  if (typeof padding === "string") {
    return { ...layer, config: { ...layer.config, padding } };
  }
  const config = {
    padding: amountsOf(padding),
    ...(rank === 1 ? {} : { data_format: dataFormat(layout) }),
  };
  return {
    ...layer,
    config: { ...layer.config, padding: "valid" },
    before: { className: `ZeroPadding${rank}D`, config },
  };
}

/** Amounts for each axis; over one axis they stand without a list around them. */
export function amountsOf(
  amounts: readonly (readonly [number, number])[],
): readonly number[] | readonly (readonly [number, number])[] {
  const [only] = amounts;
  return amounts.length === 1 && only !== undefined ? only : amounts;
}
