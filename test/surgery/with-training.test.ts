import { describe, expect, it } from "vitest";
import { withTraining } from "../../src/surgery/with-training.ts";
import { fixtureModel } from "./models.ts";

const SETTINGS = {
  optimizer: { name: "sgd", config: { learning_rate: 0.1, momentum: 0.9 } },
  loss: "categorical_crossentropy",
  metrics: ["accuracy"],
};

describe("compiling a model", () => {
  it("says it as Keras 2.2 does", () => {
    const { archive } = withTraining(fixtureModel("generations/k224/model.hdf5"), SETTINGS);
    expect(archive.training).toEqual({
      optimizer_config: { class_name: "SGD", config: { lr: 0.1, momentum: 0.9 } },
      loss: "categorical_crossentropy",
      metrics: ["accuracy"],
      loss_weights: null,
      sample_weight_mode: null,
    });
  });

  it("says it as Keras 3 does, within the architecture too", () => {
    const { archive } = withTraining(fixtureModel("generations/k3151/model.keras"), SETTINGS);
    expect(archive.training?.optimizer).toEqual({
      module: "keras.optimizers",
      class_name: "SGD",
      config: { name: "sgd", learning_rate: 0.1, momentum: 0.9 },
      registered_name: null,
    });
    expect(archive.model.compile_config).toBe(archive.training);
  });

  it("is what a run then starts from", () => {
    const { trace, archive } = withTraining(fixtureModel("generations/tf215/model.h5"), SETTINGS);
    expect(trace.graph?.training).toMatchObject({
      losses: ["categorical_crossentropy"],
      metrics: ["accuracy"],
      optimizer: { name: "sgd", config: { learning_rate: 0.1, momentum: 0.9 } },
    });
    expect(archive.optimizer).toBeUndefined();
  });

  it("refuses an optimizer that the model's Keras does not have", () => {
    const traced = fixtureModel("generations/k224/model.hdf5");
    const adamw = { ...SETTINGS, optimizer: { name: "adamw" } };
    expect(() => withTraining(traced, adamw)).toThrow(
      'The Keras of the model has no optimizer "adamw".\n  It has sgd, rmsprop, adagrad, adadelta, adam, adamax, nadam.',
    );
  });
});
