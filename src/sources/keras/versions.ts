import { isJsonObject, type Json, type JsonObject } from "../../json.ts";
import type { Dialect } from "./layer-spec.ts";

/** A layer's class and config in Keras 2 spelling, whichever Keras wrote them. */
export function modernise(
  className: string,
  config: JsonObject,
  dialect: Dialect,
): { readonly className: string; readonly config: JsonObject } {
  if (dialect.generation !== 1) return { className, config: renameInput(config) };
  const modern = CLASSES.get(className) ?? className;
  const renamed = Object.fromEntries(
    Object.entries(config).map(([key, value]) => renameKey(className, key, value, dialect)),
  );
  return { className: modern, config: renameInput(joinKernelSize(renamed)) };
}

/** Keras 1 class names whose layers live on under another. */
const CLASSES: ReadonlyMap<string, string> = new Map([
  ["Convolution1D", "Conv1D"],
  ["Convolution2D", "Conv2D"],
  ["Convolution3D", "Conv3D"],
  ["AtrousConvolution1D", "Conv1D"],
  ["AtrousConvolution2D", "Conv2D"],
  ["AtrousConv1D", "Conv1D"],
  ["AtrousConv2D", "Conv2D"],
  ["Deconvolution2D", "Conv2DTranspose"],
  ["Deconv2D", "Conv2DTranspose"],
  ["SeparableConvolution2D", "SeparableConv2D"],
]);

/** Keras 1 argument → Keras 2 argument, for every class. */
const ARGUMENTS: ReadonlyMap<string, string> = new Map([
  ["nb_filter", "filters"],
  ["filter_length", "kernel_size"],
  ["subsample", "strides"],
  ["subsample_length", "strides"],
  ["border_mode", "padding"],
  ["dim_ordering", "data_format"],
  ["atrous_rate", "dilation_rate"],
  ["bias", "use_bias"],
  ["init", "kernel_initializer"],
  ["inner_init", "recurrent_initializer"],
  ["forget_bias_init", "unit_forget_bias"],
  ["inner_activation", "recurrent_activation"],
  ["dropout_W", "dropout"],
  ["dropout_U", "recurrent_dropout"],
  ["consume_less", "implementation"],
  ["pool_length", "pool_size"],
  ["stride", "strides"],
  ["W_regularizer", "kernel_regularizer"],
  ["U_regularizer", "recurrent_regularizer"],
  ["b_regularizer", "bias_regularizer"],
  ["W_constraint", "kernel_constraint"],
  ["U_constraint", "recurrent_constraint"],
  ["b_constraint", "bias_constraint"],
  ["input_dtype", "dtype"],
]);

/** Arguments that mean something else elsewhere: class → Keras 1 argument → Keras 2 argument. */
const CLASS_ARGUMENTS: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  ["Dense", new Map([["output_dim", "units"]])],
  ["SimpleRNN", new Map([["output_dim", "units"]])],
  ["LSTM", new Map([["output_dim", "units"]])],
  ["GRU", new Map([["output_dim", "units"]])],
  ["Dropout", new Map([["p", "rate"]])],
  ["SpatialDropout1D", new Map([["p", "rate"]])],
  ["SpatialDropout2D", new Map([["p", "rate"]])],
  ["SpatialDropout3D", new Map([["p", "rate"]])],
  ["GaussianDropout", new Map([["p", "rate"]])],
  ["GaussianNoise", new Map([["sigma", "stddev"]])],
  ["UpSampling1D", new Map([["length", "size"]])],
]);

function renameKey(
  className: string,
  key: string,
  value: Json,
  dialect: Dialect,
): readonly [string, Json] {
  const name = CLASS_ARGUMENTS.get(className)?.get(key) ?? ARGUMENTS.get(key) ?? key;
  return [name, name === "data_format" ? dataFormat(value, dialect) : value];
}

/** `default` stands for the writer's setting, which follows the backend unless somebody changed it. */
function dataFormat(value: Json, dialect: Dialect): Json {
  if (value === "tf") return "channels_last";
  if (value === "th") return "channels_first";
  if (value !== "default") return value;
  return dialect.backend === "theano" ? "channels_first" : "channels_last";
}

/** `nb_row` and `nb_col`, or `kernel_dim1` to `kernel_dim3`, as one `kernel_size`. */
function joinKernelSize(config: JsonObject): JsonObject {
  for (const keys of [
    ["nb_row", "nb_col"],
    ["kernel_dim1", "kernel_dim2", "kernel_dim3"],
  ]) {
    if (keys.every((key) => Object.hasOwn(config, key))) {
      return { ...config, kernel_size: keys.map((key) => config[key] ?? null) };
    }
  }
  return config;
}

/** Keras 3 calls the input's shape `batch_shape`; a policy that only names a dtype is that dtype. */
function renameInput(config: JsonObject): JsonObject {
  const { batch_shape: shape } = config;
  if (shape === undefined || isJsonObject(shape) || config.batch_input_shape !== undefined) {
    return config;
  }
  return { ...config, batch_input_shape: shape };
}
