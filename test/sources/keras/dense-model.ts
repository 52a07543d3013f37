import type { Json } from "../../../src/json.ts";
import { type KerasModel, readKeras } from "../../../src/sources/keras/index.ts";
import { kerasFile } from "./keras-file.ts";

/** A model of one dense layer with two weights of shape (2, 3) and (3,), as a version of Keras writes it. */
export async function denseModel(
  config: Readonly<Record<string, Json>>,
  version: string,
): Promise<KerasModel> {
  const old = version.startsWith("1.");
  const layer = {
    class_name: "Dense",
    config: {
      name: "d",
      trainable: true,
      [old ? "output_dim" : "units"]: 3,
      activation: "linear",
      batch_input_shape: [null, 2],
      ...config,
    },
  };
  const names = old ? ["d_W", "d_b"] : ["d/kernel:0", "d/bias:0"];
  const file = await kerasFile({
    attributes: { keras_version: version, backend: "tensorflow" },
    model: { class_name: "Sequential", config: old ? [layer] : { name: "m", layers: [layer] } },
    weights: { keras_version: version, backend: "tensorflow" },
    groups: { d: names.map((name, at) => ({ name, shape: at === 0 ? [2, 3] : [3] })) },
  });
  return readKeras(file);
}
