import { describe, expect, it } from "vitest";
import { bytesSource, collectBytes } from "../../../src/formats/bytes.ts";
import { openTraced } from "../../../src/sources/keras/traced-model.ts";
import { withTraining } from "../../../src/targets/keras/with-training.ts";
import { writeKeras } from "../../../src/targets/keras/write.ts";
import { fixtureModel } from "../../surgery/models.ts";

const SETUP = {
  optimizer: { name: "sgd", config: { learning_rate: 0.1, momentum: 0.9 } },
  losses: ["categorical_crossentropy"],
  metrics: ["accuracy"],
};

describe("compiling a model", () => {
  it("says it as Keras 2.2 does", () => {
    const { archive } = withTraining(fixtureModel("generations/k224/model.hdf5"), SETUP);
    expect(archive.training).toMatchObject({
      optimizer_config: { class_name: "SGD", config: { lr: 0.1, momentum: 0.9 } },
      loss: "categorical_crossentropy",
      metrics: ["accuracy"],
    });
  });

  it.each([
    ["generations/k224/model.hdf5", ".h5"],
    ["generations/tf215/model.h5", ".h5"],
    ["generations/k3151/model.keras", ".keras"],
  ] as const)("is what a run of %s starts from, also once it is written", (path, container) => {
    const traced = withTraining(fixtureModel(path), SETUP);
    const { file } = writeKeras(traced, { container });
    const again = openTraced(bytesSource(collectBytes(file), `again${container}`), {});
    for (const { trace, archive } of [traced, again]) {
      expect(trace.graph?.training).toMatchObject(SETUP);
      expect(archive.optimizer).toBeUndefined();
    }
  });

  it("refuses an optimizer that the model's Keras does not have", () => {
    const adamw = { ...SETUP, optimizer: { name: "adamw", config: {} } };
    expect(() => withTraining(fixtureModel("generations/k224/model.hdf5"), adamw)).toThrow(
      'The Keras of the model lacks a part of its training: "adamw", "categorical_crossentropy".',
    );
  });
});
