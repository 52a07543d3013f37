import { describe, expect, it } from "vitest";
import { bytesSource } from "../../../src/formats/bytes.ts";
import { readKeras } from "../../../src/sources/keras/index.ts";
import { array, layer, sequential } from "./hand-made.ts";
import { stateFile, writeFile } from "./keras-file.ts";
import { fixture, INPUT } from "./model-file.ts";
import { refusal } from "./refusal.ts";

describe("files that are not whole models", () => {
  it("weights of the legacy layout name their layers", () => {
    expect(refusal(() => readKeras(fixture("generations/k224/weights.h5")))).toBe(
      "bad-weights: weights.h5: This file holds weights only, not the architecture: those of 10 layers (input_1, conv1, conv1_bn, conv1_relu, conv_dw_1, conv_dw_1_bn, …).\n" +
        "  Give the architecture too: --architecture model.json, made with model.to_json() in Keras.",
    );
  });

  it("weights of the state layout name their layers", () => {
    expect(refusal(() => readKeras(fixture("generations/k3151/model.weights.h5")))).toBe(
      "bad-weights: model.weights.h5: This file holds weights only, not the architecture: those of 10 layers (activation, batch_normalization, batch_normalization_1, conv2d, dense, depthwise_conv2d, …).\n" +
        "  Give the architecture too: --architecture model.json, made with model.to_json() in Keras.",
    );
  });

  it("an architecture alone asks for weights", () => {
    expect(refusal(() => readKeras(fixture("generations/k224/architecture.json")))).toBe(
      "bad-weights: architecture.json: This file holds an architecture only, not the weights.\n" +
        "  Give the weights as the model and this file beside them: kc convert weights.h5 out.mlmodel --architecture model.json",
    );
  });

  it.each([
    [
      { metadata: {}, weight_map: {} },
      "unsupported: model.json: This is the index of weights that are spread over several files.\n" +
        "  Load the model in Keras 3 and save it again without max_shard_size.",
    ],
    [
      { a: 1 },
      "bad-format: model.json: This is a JSON file, but neither a Keras architecture nor a model.\n" +
        "  Keras models are HDF5 files (.h5, .hdf5) or .keras archives.",
    ],
  ])("other JSON says what it is (%#)", (json, text) => {
    const source = bytesSource(new TextEncoder().encode(JSON.stringify(json)), "model.json");
    expect(refusal(() => readKeras(source))).toBe(text);
  });

  it("HDF5 of somebody else", async () => {
    const source = await stateFile([array("data", [2])]);
    const text =
      "bad-format: model.h5: This is an HDF5 file, but it does not hold a Keras model.\n" +
      "  A Keras file has the attribute model_config, layer_names or the group layers.";
    expect(refusal(() => readKeras(source))).toBe(text);
    expect(refusal(() => readKeras(source, { architecture: "{}" }))).toBe(text);
  });

  it("a whole model without its weights", async () => {
    const source = await writeFile((root) => {
      root.create_attribute("model_config", JSON.stringify(sequential(layer("Dense", INPUT))));
    });
    expect(refusal(() => readKeras(source))).toBe(
      "bad-weights: model.h5: The file holds an architecture, but no weights.\n" +
        "  Save the model again with model.save().",
    );
  });

  it("a listed group or weight that is not there", async () => {
    const model = JSON.stringify(sequential(layer("Dense", { name: "d", units: 1, ...INPUT })));
    const build = (withGroup: boolean) =>
      writeFile((root) => {
        root.create_attribute("model_config", model);
        const top = root.create_group("model_weights");
        top.create_attribute("layer_names", ["d"]);
        if (withGroup) top.create_group("d").create_attribute("weight_names", ["d/kernel:0"]);
      });
    const [without, empty] = [await build(false), await build(true)];
    expect(refusal(() => readKeras(without))).toBe(
      'corrupt-file: model.h5, /model_weights: The group "d" is listed here, but it is not in the file.\n' +
        "  The file is damaged or was written by another program; save it again.",
    );
    expect(refusal(() => readKeras(empty))).toBe(
      'corrupt-file: model.h5, /model_weights/d: The weight "d/kernel:0" is listed here, but it is not in the file.\n' +
        "  The file is damaged or was written by another program; save it again.",
    );
  });

  it("weights that are no numbers", async () => {
    const source = await writeFile((root) => {
      root.create_attribute(
        "model_config",
        JSON.stringify(sequential(layer("Dense", { name: "d", units: 1, ...INPUT }))),
      );
      const top = root.create_group("model_weights");
      top.create_attribute("layer_names", ["d"]);
      const group = top.create_group("d");
      group.create_attribute("weight_names", ["kernel"]);
      group.create_dataset({ name: "kernel", data: ["a", "b"] });
    });
    expect(refusal(() => readKeras(source))).toBe(
      "bad-weights: model.h5, /model_weights/d/kernel: A weight of type string cannot be read.",
    );
  });
});
