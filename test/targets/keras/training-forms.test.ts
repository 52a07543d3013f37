import { describe, expect, it } from "vitest";
import { compileTraining } from "../../../src/targets/keras/training-forms.ts";

describe("the training of a legacy file in an archive", () => {
  // What Keras 3.15 wrote of the same model into a `.h5` and a `.keras`; without the modules it does not load the latter.
  it("says where losses and metrics are defined", () => {
    const config = { name: "sparse_categorical_crossentropy", ignore_class: 1 };
    const metric = { name: "mine", dtype: "float32" };
    const legacy = {
      loss: { class_name: "SparseCategoricalCrossentropy", config },
      loss_weights: null,
      metrics: ["accuracy", { class_name: "SparseCategoricalAccuracy", config: metric }],
      optimizer_config: { class_name: "Adam", config: { name: "adam" } },
    };
    expect(compileTraining(legacy)).toEqual({
      optimizer: placed("keras.optimizers", "Adam", { name: "adam" }),
      loss: placed("keras.losses", "SparseCategoricalCrossentropy", config),
      loss_weights: null,
      metrics: ["accuracy", placed("keras.metrics", "SparseCategoricalAccuracy", metric)],
    });
  });
});

function placed(module: string, name: string, config: object): object {
  return { module, class_name: name, config, registered_name: null };
}
