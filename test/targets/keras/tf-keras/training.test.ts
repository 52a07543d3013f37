import { describe, expect, it } from "vitest";
import type { Json } from "../../../../src/json.ts";
import type { Dialect } from "../../../../src/sources/keras/layer-spec.ts";
import { tfKerasTraining } from "../../../../src/targets/keras/tf-keras/training.ts";

const KERAS_3: Dialect = { generation: 3, version: "3.15.1", backend: "tensorflow" };

function optimizerOf(name: string, config: Readonly<Record<string, Json>>): Json | undefined {
  const optimizer = { class_name: name, config: { learning_rate: 0.5, ...config } };
  return tfKerasTraining({ optimizer, loss: "mse" }, ["out"], KERAS_3)?.optimizer;
}

describe("an optimizer of Keras 3 in tf.keras", () => {
  it("keeps averages of the weights, and lacks the scale of the loss", () => {
    const averages = { use_ema: true, ema_momentum: 0.9, ema_overwrite_frequency: 3 };
    expect(optimizerOf("Adam", { ...averages, loss_scale_factor: 8 })).toMatchObject({
      class_name: "Adam",
      config: { ...averages, learning_rate: 0.5, is_legacy_optimizer: false },
    });
    expect(JSON.stringify(optimizerOf("Adam", { loss_scale_factor: 8 }))).not.toContain("scale");
  });

  it("is not there where gradients wait, nor for Lamb", () => {
    expect(optimizerOf("Adam", { gradient_accumulation_steps: 2 })).toBeUndefined();
    expect(optimizerOf("Lamb", {})).toBeUndefined();
    expect(optimizerOf("Lion", {})).toMatchObject({ class_name: "Lion" });
  });
});
