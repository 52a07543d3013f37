import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { bytesSource, collectBytes } from "../../../src/formats/bytes.ts";
import { isJsonObject, type JsonObject } from "../../../src/json.ts";
import { openTraced, type TracedModel } from "../../../src/sources/keras/traced-model.ts";
import { initialiseModel } from "../../../src/surgery/initialise.ts";
import { writeKeras } from "../../../src/targets/keras/index.ts";
import { openCase } from "../../cases.ts";
import { layer, namedSequential } from "../../sources/keras/hand-made.ts";
import { difference } from "./difference.ts";

function opened(path: string): TracedModel {
  const [folder = "", file = ""] = [path.slice(0, path.lastIndexOf("/")), path.split("/").at(-1)];
  const bytes = readFileSync(join(openCase(folder).folder, file));
  return openTraced(bytesSource(bytes, file), {});
}

function inKeras2(path: string): TracedModel {
  const bytes = collectBytes(writeKeras(opened(path), { container: ".h5", keras: 2 }).file);
  return openTraced(bytesSource(bytes, "old.h5"), {});
}

/** The configs of the layers by name. */
function configsOf({ model }: TracedModel): Readonly<Record<string, JsonObject>> {
  return Object.fromEntries(model.layers.map(({ name, json }) => [name, json]));
}

describe("a model of a newer Keras in the words of Keras 2", () => {
  test.each([
    "layers/k3_bilstm_concat/model.keras",
    "layers/k3_gru/model.keras",
    "layers/k3_gru_activations/model.keras",
    "layers/k3_jax_cnn/model.keras",
    "layers/k3_globalpool2d_keepdims/model.keras",
    "layers/k3_lstm_encoder_decoder/model.keras",
    "layers/k3_multi_io/model.keras",
    "layers/k3_nested_shared/model.keras",
    "layers/k3_rnn_stacked_cells/model.keras",
    "layers/k3_td_model/model.keras",
    "layers/tf_act_hard_sigmoid/model.h5",
    "layers/tf_depthwise/model.h5",
    "layers/tf_nested_half_frozen/model.h5",
    "generations/k122_theano_th/model.hdf5",
    "generations/k231/model.hdf5",
    "generations/k3151_bfloat16/model.keras",
    "generations/tf215_nested/model.keras",
  ])("computes what it computed: %s", (path) => {
    const after = inKeras2(path);
    const { generation, version, backend } = after.archive.dialect;
    expect([generation, version, backend]).toEqual([2, "2.2.4", "tensorflow"]);
    const { graph } = after.trace;
    const found = openCase(path.slice(0, path.lastIndexOf("/")));
    expect(graph && difference(graph, found)).toBeUndefined();
  });

  it("has the arguments of Keras 2 alone, initializers as classes that it has, and no input layer in a Sequential", () => {
    const after = inKeras2("generations/k3151_nested/model.keras");
    const { config } = after.archive.model;
    const [first] = isJsonObject(config) && Array.isArray(config.layers) ? config.layers : [];
    expect([after.archive.model.class_name, first.class_name]).toEqual(["Sequential", "Model"]);
    expect(configsOf(after).head).toEqual({
      name: "head",
      trainable: true,
      units: 4,
      activation: "linear",
      use_bias: true,
      kernel_initializer: {
        class_name: "VarianceScaling",
        config: { scale: 1, mode: "fan_avg", distribution: "uniform", seed: null },
      },
      bias_initializer: { class_name: "Zeros", config: {} },
      kernel_regularizer: null,
      bias_regularizer: null,
      kernel_constraint: null,
      bias_constraint: null,
    });
  });

  it("keeps loss, metrics and optimizer, whose rate is called lr there", () => {
    const { training } = inKeras2("generations/k3151/model.keras").archive;
    expect(training).toEqual({
      optimizer_config: {
        class_name: "Adam",
        config: {
          lr: expect.closeTo(0.001, 6),
          beta_1: 0.9,
          beta_2: 0.999,
          epsilon: 1e-7,
          amsgrad: false,
          decay: 0,
        },
      },
      loss: "categorical_crossentropy",
      metrics: ["accuracy"],
      sample_weight_mode: null,
      loss_weights: null,
    });
  });

  it("takes layers that drop over, though Keras 2 draws what they drop in another way", () => {
    const dropout = { dropout: 0.25, recurrent_dropout: 0.5 };
    const dialect = { generation: 2, version: "2.2.4", backend: "tensorflow" } as const;
    const shape = { batch_input_shape: [null, 4, 3] };
    const lstm = layer("LSTM", { name: "rnn", units: 2, implementation: 2, ...shape, ...dropout });
    const traced = initialiseModel(namedSequential("m", [lstm]), { dialect });
    const bytes = collectBytes(writeKeras(traced, { container: ".keras", keras: 3 }).file);
    const { rnn } = configsOf(openTraced(bytesSource(bytes, "new.keras"), {}));
    expect(rnn).toMatchObject(dropout);
  });

  it("says in the words of tf.keras what it has no words for, and why", () => {
    const { archive } = inKeras2("layers/k3_layernorm/model.keras");
    expect(archive.dialect.generation).toBe("tf");
  });
});
