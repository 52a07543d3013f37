import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/json.ts";
import { unwrapConfig } from "../../../src/sources/keras/unwrap.ts";
import { modernise } from "../../../src/sources/keras/versions.ts";

function keras1(className: string, config: JsonObject, backend = "tensorflow"): unknown {
  return modernise(className, config, { generation: 1, version: "1.2.2", backend });
}

describe("Keras 1 spellings become those of Keras 2", () => {
  it("of convolutions", () => {
    expect(
      keras1("AtrousConvolution2D", {
        nb_filter: 8,
        nb_row: 3,
        nb_col: 5,
        subsample: [1, 1],
        border_mode: "same",
        dim_ordering: "th",
        atrous_rate: [2, 2],
        bias: false,
      }),
    ).toEqual({
      className: "Conv2D",
      config: {
        filters: 8,
        nb_row: 3,
        nb_col: 5,
        kernel_size: [3, 5],
        strides: [1, 1],
        padding: "same",
        data_format: "channels_first",
        dilation_rate: [2, 2],
        use_bias: false,
      },
    });
    expect(keras1("Convolution3D", { kernel_dim1: 1, kernel_dim2: 2, kernel_dim3: 3 })).toEqual({
      className: "Conv3D",
      config: { kernel_dim1: 1, kernel_dim2: 2, kernel_dim3: 3, kernel_size: [1, 2, 3] },
    });
    expect(keras1("Convolution1D", { filter_length: 3, subsample_length: 2 })).toEqual({
      className: "Conv1D",
      config: { kernel_size: 3, strides: 2 },
    });
    expect(keras1("Deconvolution2D", {})).toEqual({ className: "Conv2DTranspose", config: {} });
    expect(keras1("SeparableConvolution2D", {})).toEqual({
      className: "SeparableConv2D",
      config: {},
    });
  });

  it("of recurrent layers", () => {
    expect(
      keras1("LSTM", {
        output_dim: 4,
        inner_activation: "hard_sigmoid",
        inner_init: "orthogonal",
        forget_bias_init: "one",
        consume_less: "gpu",
        dropout_W: 0.1,
        dropout_U: 0.2,
      }),
    ).toEqual({
      className: "LSTM",
      config: {
        units: 4,
        recurrent_activation: "hard_sigmoid",
        recurrent_initializer: "orthogonal",
        unit_forget_bias: "one",
        implementation: "gpu",
        dropout: 0.1,
        recurrent_dropout: 0.2,
      },
    });
  });

  it("of the others, where one word means several things", () => {
    expect(keras1("Embedding", { output_dim: 4 })).toEqual({
      className: "Embedding",
      config: { output_dim: 4 },
    });
    expect(keras1("Dense", { output_dim: 4 })).toEqual({
      className: "Dense",
      config: { units: 4 },
    });
    expect(keras1("Dropout", { p: 0.5 })).toEqual({ className: "Dropout", config: { rate: 0.5 } });
    expect(keras1("GaussianNoise", { sigma: 0.5 })).toEqual({
      className: "GaussianNoise",
      config: { stddev: 0.5 },
    });
    expect(keras1("MaxPooling1D", { pool_length: 2, stride: 1 })).toEqual({
      className: "MaxPooling1D",
      config: { pool_size: 2, strides: 1 },
    });
    expect(keras1("UpSampling1D", { length: 3 })).toEqual({
      className: "UpSampling1D",
      config: { size: 3 },
    });
  });

  it("of the axis order, which without a word follows the backend", () => {
    expect(keras1("MaxPooling2D", { dim_ordering: "tf" })).toMatchObject({
      config: { data_format: "channels_last" },
    });
    expect(keras1("MaxPooling2D", { dim_ordering: "default" })).toMatchObject({
      config: { data_format: "channels_last" },
    });
    expect(keras1("MaxPooling2D", { dim_ordering: "default" }, "theano")).toMatchObject({
      config: { data_format: "channels_first" },
    });
  });
});

describe("later spellings", () => {
  it("leave Keras 2 as it is", () => {
    const config = { output_dim: 3, bias: true };
    const dialect = { generation: 2, version: "2.2.4", backend: "" } as const;
    expect(modernise("Dense", config, dialect)).toEqual({ className: "Dense", config });
  });

  it("of the input's shape become Keras 2's", () => {
    const dialect = { generation: 3, version: "3.0.0", backend: "" } as const;
    expect(modernise("InputLayer", { batch_shape: [null, 3] }, dialect).config).toEqual({
      batch_shape: [null, 3],
      batch_input_shape: [null, 3],
    });
  });

  it("wrap tuples and dtypes, which are unwrapped", () => {
    expect(
      unwrapConfig({
        kernel_size: { class_name: "__tuple__", items: [3, 3] },
        axes: [{ class_name: "__tuple__", config: { value: [1, 2] } }],
        dtype: {
          module: "keras",
          class_name: "DTypePolicy",
          config: { name: "mixed_float16" },
          registered_name: null,
        },
      }),
    ).toEqual({ kernel_size: [3, 3], axes: [[1, 2]], dtype: "mixed_float16" });
    expect(
      unwrapConfig({
        dtype: {
          class_name: "QuantizedDTypePolicy",
          config: { mode: "int8", source_name: "float32" },
        },
      }),
    ).toEqual({ dtype: "int8_from_float32" });
    expect(unwrapConfig({ dtype: "float32", units: 3 })).toEqual({ dtype: "float32", units: 3 });
  });
});
