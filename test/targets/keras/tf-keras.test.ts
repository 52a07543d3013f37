import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it, test } from "vitest";
import { bytesSource, collectBytes } from "../../../src/formats/bytes.ts";
import { openHdf5 } from "../../../src/formats/hdf5/index.ts";
import type { TrainingSetup } from "../../../src/ir/graph.ts";
import type { JsonObject } from "../../../src/json.ts";
import { readOptimizerState } from "../../../src/sources/keras/optimizer-state.ts";
import { openTraced, type TracedModel } from "../../../src/sources/keras/traced-model.ts";
import { initialiseModel } from "../../../src/surgery/initialise.ts";
import {
  type KerasContainer,
  type KerasGeneration,
  type KerasResult,
  writeKeras,
} from "../../../src/targets/keras/index.ts";
import { FIXTURES, openCase } from "../../cases.ts";
import { layer, namedSequential } from "../../sources/keras/hand-made.ts";
import { difference } from "./difference.ts";

function opened(path: string): TracedModel {
  const [folder = "", file = ""] = [path.slice(0, path.lastIndexOf("/")), path.split("/").at(-1)];
  const bytes = readFileSync(join(openCase(folder).folder, file));
  return openTraced(bytesSource(bytes, file), {});
}

function inKeras2(path: string, container: KerasContainer = ".h5"): KerasResult {
  return writeKeras(opened(path), { container, keras: 2 });
}

function reopened({ file }: KerasResult, name = "new.h5"): TracedModel {
  return openTraced(bytesSource(collectBytes(file), name), {});
}

function graphOf(path: string): TracedModel["trace"]["graph"] {
  return reopened(inKeras2(path)).trace.graph;
}

/** A compiled model of Keras 3. */
function compiled(optimizer: JsonObject, loss = "mean_squared_error"): TracedModel {
  const dialect = { generation: 3, version: "3.15.1", backend: "tensorflow" } as const;
  const input = layer("InputLayer", { name: "in", batch_shape: [null, 3] });
  const dense = layer("Dense", { name: "dense", units: 2, activation: "gelu" });
  const traced = initialiseModel(namedSequential("m", [input, dense]), { dialect });
  const training = { optimizer, loss, metrics: ["accuracy"], loss_weights: null };
  return { ...traced, archive: { ...traced.archive, training } };
}

function trainingIn(traced: TracedModel, keras: KerasGeneration = 2): JsonObject | undefined {
  return reopened(writeKeras(traced, { container: ".h5", keras })).archive.training;
}

describe("a model that Keras 2.2 does not know, in the words of tf.keras", () => {
  test.each([
    "layers/k3_act_gelu/model.keras",
    "layers/k3_act_hard_sigmoid/model.keras",
    "layers/k3_additive_attention/model.keras",
    "layers/k3_bilstm_two_layers/model.keras",
    "layers/k3_centercrop/model.keras",
    "layers/k3_conv2d_groups/model.keras",
    "layers/k3_convlstm1d/model.keras",
    "layers/k3_einsum_dense/model.keras",
    "layers/k3_groupnorm/model.keras",
    "layers/k3_mha_cross/model.keras",
    "layers/k3_nested_three/model.keras",
    "layers/k3_normalization_adapted/model.keras",
    "layers/k3_resizing_bilinear/model.keras",
    "layers/k3_transformer_block/model.keras",
    "layers/k3_unitnorm/model.keras",
    "layers/k3_upsampling2d_bilinear/model.keras",
  ])("computes what it computed: %s", (path) => {
    const graph = graphOf(path);
    const found = openCase(path.slice(0, path.lastIndexOf("/")));
    expect(graph && difference(graph, found)).toBeUndefined();
  });

  it("says which layer is the reason, and what reads the file", () => {
    const { warnings, version } = inKeras2("layers/k3_layernorm/model.keras");
    expect([version, ...warnings]).toEqual([
      "2.15.0",
      {
        code: "unsupported",
        text: "needs TensorFlow 2.x, not Keras 2.2, so the file is in the words of tf.keras 2.15: Keras 2.2 has no layer of class LayerNormalization.",
        at: { layer: "layer_normalization", className: "LayerNormalization" },
      },
    ]);
  });

  it.each([
    ["layers/k3_act_gelu/model.keras", 'activation is "gelu", which Keras 2.2 does not have.'],
    ["layers/k3_conv2d_groups/model.keras", "its groups (3) does not exist in Keras 2.2."],
    [
      "layers/k3_upsampling2d_bilinear/model.keras",
      "in Keras 2.2 a layer of this kind computes something else.",
    ],
    [
      "layers/k3_bilstm_two_layers/model.keras",
      "its backward layer has settings of its own, which Keras 2.2 does not allow.",
    ],
    [
      "layers/k3_nested_three/model.keras",
      "Keras 2.2 does not load models in models in models whose weights are not all trained.",
    ],
    [
      "layers/k3_transformer_block/model.keras",
      "Keras 2.2 has no layer of class MultiHeadAttention. 3 more layers do, too.",
    ],
  ])("says what Keras 2.2 lacks: %s", (path, text) => {
    expect(inKeras2(path).warnings[0]?.text).toContain(`tf.keras 2.15: ${text}`);
  });

  it("has the arguments of tf.keras alone, and the shapes that attention was built for", () => {
    const { archive, model } = reopened(inKeras2("layers/k3_mha_cross/model.keras"));
    const attention = model.layers.find(({ className }) => className === "MultiHeadAttention");
    const { query_shape: query = null, flash_attention: flash, seed } = attention?.json ?? {};
    expect(archive.dialect).toEqual({ generation: "tf", version: "2.15.0", backend: "tensorflow" });
    expect([query, flash, seed]).toEqual([[null, 4, 6], undefined, undefined]);
  });

  it("stays as it is where tf.keras wrote it", () => {
    const own = opened("generations/tf215/model.h5");
    const path = "layers/tf_layernorm/model.h5";
    const { version } = writeKeras(own, { container: ".h5", keras: "tf" });
    const before = readFileSync(join(openCase("layers/tf_layernorm").folder, "model.h5"));
    const after = reopened(inKeras2(path));
    expect(version).toBe("2.15.0");
    expect(after.archive.model).toEqual(openTraced(bytesSource(before, "m.h5"), {}).archive.model);
  });

  it.each([
    [
      "layers/k3_rmsnorm/model.keras",
      'Layer "rms_normalization" (RMSNormalization): tf.keras 2.15 has no layer of class RMSNormalization.',
    ],
    [
      "layers/k3_spectralnorm/model.keras",
      "tf.keras 2.15 writes layers of this kind, and does not find them when it loads.",
    ],
    [
      "layers/k3_resizing_pad/model.keras",
      "its pad_to_aspect_ratio (true) does not exist in tf.keras 2.15.",
    ],
    ["layers/k3_act_glu/model.keras", 'activation is "glu", which tf.keras 2.15 does not have.'],
  ])("is refused where tf.keras 2.15 does not know it either: %s", (path, text) => {
    expect(() => inKeras2(path)).toThrow(text);
  });
});

describe("a .keras file of Keras 2", () => {
  test.each([
    "layers/k3_layernorm/model.keras",
    "generations/k224/model.hdf5",
    "generations/tf215_nested/model.h5",
  ])("is an archive of tf.keras, which says so: %s", (path) => {
    const result = inKeras2(path, ".keras");
    const { archive, trace } = reopened(result, "new.keras");
    const found = openCase(path.slice(0, path.lastIndexOf("/")));
    expect([archive.dialect.generation, archive.container]).toEqual(["tf", ".keras"]);
    expect(result.warnings.map(({ text }) => text)).toContain(
      "The file needs TensorFlow 2.12 or later, not Keras 2.2, which has no .keras files.",
    );
    expect(trace.graph && difference(trace.graph, found)).toBeUndefined();
  });
});

test("weights alone are in the layout that tf.keras reads under that name, where it asks for it", () => {
  const traced = opened("generations/tf215/model.h5");
  const { file } = writeKeras(traced, { container: ".weights.h5", keras: "tf" });
  const { root } = openHdf5(bytesSource(collectBytes(file), "new.weights.h5"));
  expect(root.keys()).toContain("layers");
});

describe("how a model was trained, in the words of tf.keras", () => {
  const adamw = {
    module: "keras.optimizers",
    class_name: "AdamW",
    config: { name: "adamw", learning_rate: 0.01, weight_decay: 0.02, loss_scale_factor: null },
    registered_name: null,
  };

  it("names the newer optimizers by their package, which tf.keras does not find else", () => {
    expect(trainingIn(compiled(adamw))).toMatchObject({
      optimizer_config: {
        class_name: "Custom>AdamW",
        config: {
          name: "adamw",
          learning_rate: 0.01,
          weight_decay: 0.02,
          use_ema: false,
          is_legacy_optimizer: false,
        },
      },
      loss: "mean_squared_error",
      metrics: ["accuracy"],
    });
  });

  it("names AdamW by its package after training, too", () => {
    const before = opened("generations/tf215/model.h5");
    const config = { learning_rate: 0.01, weight_decay: 0.02, is_legacy_optimizer: false };
    const setup: TrainingSetup = {
      losses: ["mean_squared_error"],
      metrics: [],
      optimizer: { name: "adamw", config: { ...config, jit_compile: false } },
    };
    const trained = { values: new Map(), setup };
    const { archive } = reopened(writeKeras(before, { container: ".h5", trained }));
    expect(archive.training).toMatchObject({ optimizer_config: { class_name: "Custom>AdamW" } });
  });

  it("is left out where only Keras 3 has its loss", () => {
    expect(trainingIn(compiled(adamw, "dice"))).toBeUndefined();
  });

  it("comes with the optimizer's state, without the rate that Keras 3 keeps in it", () => {
    const path = join(FIXTURES, "training_k3/adamw/model_step3.keras.gz");
    const before = openTraced(bytesSource(gunzipSync(readFileSync(path)), "step3.keras"), {});
    const after = reopened(writeKeras(before, { container: ".h5", keras: "tf" }));
    const [iterations, , ...moments] = stateOf(before);
    expect(stateOf(after)).toEqual([iterations, ...moments]);
    expect(readOptimizerState(after.archive.optimizer)[1]?.name).toMatch(/^AdamW\/m\/.*kernel:0$/);
  });

  it("has the momentum that tf.keras keeps even where there is none", () => {
    const sgd = { class_name: "SGD", config: { name: "sgd", learning_rate: 0.5, momentum: 0 } };
    const scalar = { shape: [], values: Float64Array.of(7) };
    const optimizer = ["iteration", "learning_rate"].map((name) => ({
      ...scalar,
      name,
      dtype: "float32" as const,
    }));
    const trained = { values: new Map(), optimizer };
    const { file } = writeKeras(compiled(sgd), { container: ".h5", keras: 2, trained });
    expect(stateOf(reopened({ file, version: "", warnings: [] }))).toEqual([
      [7],
      [0, 0, 0, 0, 0, 0],
      [0, 0],
    ]);
  });
});

function stateOf({ archive }: TracedModel): readonly (readonly number[])[] {
  return readOptimizerState(archive.optimizer).map(({ count, dataset }) => {
    const values = new Float64Array(count);
    dataset.readInto(values, 0);
    return [...values];
  });
}
