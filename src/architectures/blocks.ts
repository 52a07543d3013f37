import type { JsonObject } from "../json.ts";
import type { Network, Tensor } from "./network.ts";

/** What a convolution says beside its filters and window. */
export interface ConvOptions {
  readonly name?: string;
  /** 1 by default. */
  readonly strides?: number;
  /** `valid` by default. */
  readonly padding?: "same" | "valid";
  /** True by default. */
  readonly useBias?: boolean;
  /** `linear` by default. */
  readonly activation?: string;
}

/** A square convolution. */
export function conv(
  network: Network,
  input: Tensor,
  {
    filters,
    kernel,
    ...options
  }: ConvOptions & { readonly filters: number; readonly kernel: number },
): Tensor {
  return convolved(network, input, {
    className: "Conv2D",
    kernel,
    filters,
    weights: ["kernel"],
    channels: filters,
    options,
  });
}

/** A convolution of each channel by itself. */
export function depthwise(
  network: Network,
  input: Tensor,
  {
    kernel,
    depthMultiplier = 1,
    ...options
  }: ConvOptions & {
    readonly kernel: number;
    readonly depthMultiplier?: number;
  },
): Tensor {
  return convolved(network, input, {
    className: "DepthwiseConv2D",
    kernel,
    depthMultiplier,
    weights: ["depthwise"],
    channels: input.channels * depthMultiplier,
    options,
  });
}

/** A depthwise convolution and one of single pixels. */
export function separable(
  network: Network,
  input: Tensor,
  {
    filters,
    kernel,
    ...options
  }: ConvOptions & { readonly filters: number; readonly kernel: number },
): Tensor {
  return convolved(network, input, {
    className: "SeparableConv2D",
    kernel,
    filters,
    depthMultiplier: 1,
    weights: ["depthwise", "pointwise"],
    channels: filters,
    options,
  });
}

/** Batch normalisation over channels. */
export function norm(
  network: Network,
  input: Tensor,
  options: { readonly name?: string; readonly epsilon?: number; readonly momentum?: number } = {},
): Tensor {
  const { name, epsilon = 1e-3, momentum = 0.99 } = options;
  const config = {
    axis: -1,
    momentum,
    epsilon,
    center: true,
    scale: true,
    beta_initializer: ZEROS,
    gamma_initializer: ONES,
    moving_mean_initializer: ZEROS,
    moving_variance_initializer: ONES,
  };
  return same(network, input, { className: "BatchNormalization", name, config });
}

/** An activation function as a layer; undefined is none. */
export function activate(
  network: Network,
  input: Tensor,
  name?: string,
  activation: string | null = "relu",
): Tensor {
  const config = { activation: activation ?? "linear" };
  return same(network, input, { className: "Activation", name, config });
}

/** A ReLU that ends at 6. */
export function relu6(network: Network, input: Tensor, name: string): Tensor {
  const config = { max_value: 6, negative_slope: 0, threshold: 0 };
  return same(network, input, { className: "ReLU", name, config });
}

/** Dropout. */
export function dropout(network: Network, input: Tensor, name: string, rate: number): Tensor {
  return same(network, input, { className: "Dropout", name, config: { rate } });
}

/** Zeros around: `[[top, bottom], [left, right]]`. */
export function pad(
  network: Network,
  input: Tensor,
  padding: readonly [readonly [number, number], readonly [number, number]],
  name?: string,
): Tensor {
  return network.add({
    className: "ZeroPadding2D",
    name,
    config: { padding, ...CHANNELS_LAST },
    inputs: [input],
    size: input.size.map((dim, axis) =>
      dim === null ? null : dim + (padding[axis]?.[0] ?? 0) + (padding[axis]?.[1] ?? 0),
    ),
    channels: input.channels,
  });
}

/** Pooling over square windows. */
export function pool(
  network: Network,
  input: Tensor,
  {
    className,
    window,
    ...options
  }: {
    readonly className: "MaxPooling2D" | "AveragePooling2D";
    readonly window: number;
    readonly strides: number;
    readonly padding?: "same" | "valid";
    readonly name?: string;
  },
): Tensor {
  const { strides, padding = "valid", name } = options;
  const pool_size = [window, window];
  const config = { pool_size, strides: [strides, strides], padding, ...CHANNELS_LAST };
  const size = slid(input, window, { strides, padding });
  return network.add({ className, name, config, inputs: [input], size, channels: input.channels });
}

/** Pooling over the whole picture, and what `pooling` of Keras' applications means. */
export function poolAll(
  network: Network,
  input: Tensor,
  {
    by,
    name,
    keepDims = false,
  }: {
    readonly by: "average" | "max";
    readonly name?: string | undefined;
    readonly keepDims?: boolean;
  },
): Tensor {
  return network.add({
    className: by === "average" ? "GlobalAveragePooling2D" : "GlobalMaxPooling2D",
    name,
    config: { ...CHANNELS_LAST, keepdims: keepDims },
    inputs: [input],
    size: keepDims ? [1, 1] : [],
    channels: input.channels,
  });
}

/** A dense layer on vectors. */
export function dense(
  network: Network,
  input: Tensor,
  {
    units,
    name,
    activation,
  }: {
    readonly units: number;
    readonly name: string;
    readonly activation: string | null;
  },
): Tensor {
  const config = {
    units,
    activation: activation ?? "linear",
    use_bias: true,
    kernel_initializer: GLOROT,
    bias_initializer: ZEROS,
  };
  return network.add({
    className: "Dense",
    name,
    config,
    inputs: [input],
    size: [],
    channels: units,
  });
}

/** Sums of two equal tensors. */
export function sum(network: Network, a: Tensor, b: Tensor, name?: string): Tensor {
  return network.add({ ...a, className: "Add", name, inputs: [a, b] });
}

/** Channels behind one another. */
export function concat(network: Network, a: Tensor, b: Tensor, name: string): Tensor {
  return network.add({
    className: "Concatenate",
    name,
    config: { axis: -1 },
    inputs: [a, b],
    size: a.size,
    channels: a.channels + b.channels,
  });
}

interface Convolution {
  readonly className: string;
  readonly kernel: number;
  readonly filters?: number;
  readonly depthMultiplier?: number;
  /** All but the bias. */
  readonly weights: readonly string[];
  readonly channels: number;
  readonly options: ConvOptions;
}

function convolved(
  network: Network,
  input: Tensor,
  { className, kernel, filters, depthMultiplier, weights, channels, options }: Convolution,
): Tensor {
  const { name, activation = "linear", useBias = true } = options;
  return network.add({
    className,
    name,
    config: {
      ...(filters === undefined ? {} : { filters }),
      ...windowOf(kernel, options),
      ...(depthMultiplier === undefined ? {} : { depth_multiplier: depthMultiplier }),
      activation,
      use_bias: useBias,
      ...Object.fromEntries(weights.map((weight) => [`${weight}_initializer`, GLOROT])),
      bias_initializer: ZEROS,
    },
    inputs: [input],
    size: slid(input, kernel, options),
    channels,
  });
}

function same(
  network: Network,
  input: Tensor,
  layer: {
    readonly className: string;
    readonly name?: string | undefined;
    readonly config: JsonObject;
  },
): Tensor {
  return network.add({ ...layer, inputs: [input], size: input.size, channels: input.channels });
}

function windowOf(kernel: number, { strides = 1, padding = "valid" }: ConvOptions): JsonObject {
  return {
    kernel_size: [kernel, kernel],
    strides: [strides, strides],
    padding,
    ...CHANNELS_LAST,
    dilation_rate: [1, 1],
  };
}

function slid(
  { size }: Tensor,
  kernel: number,
  { strides = 1, padding = "valid" }: ConvOptions,
): readonly (number | null)[] {
  const lost = padding === "same" ? 0 : kernel - 1;
  return size.map((dim) => (dim === null ? null : Math.ceil((dim - lost) / strides)));
}

const CHANNELS_LAST = { data_format: "channels_last" };
const GLOROT = { class_name: "GlorotUniform", config: { seed: null } };
const ZEROS = { class_name: "Zeros", config: {} };
const ONES = { class_name: "Ones", config: {} };
