import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/json.ts";
import { functional, input, layer } from "./functional-model.ts";
import { parse } from "./parsed-calls.ts";
import { refusal } from "./refusal.ts";

describe("nested models", () => {
  it("hand down that they are frozen", () => {
    const frozen = {
      class_name: "Sequential",
      config: {
        name: "outer",
        layers: [
          {
            class_name: "Sequential",
            config: {
              name: "base",
              trainable: false,
              layers: [{ class_name: "Dense", config: { name: "d", input_shape: [4] } }],
            },
          },
          { class_name: "Dense", config: { name: "head" } },
        ],
      },
    };
    const [, base, head] = parse(frozen).layers;
    expect(base?.model?.layers[1]?.trainable).toBe(false);
    expect(head?.trainable).toBe(true);
  });
});

describe("an architecture that no Keras writes is refused", () => {
  const dense = { class_name: "Dense", config: { name: "d" } };

  it.each<[string, JsonObject, string]>([
    [
      "a subclassed model",
      { class_name: "MyNet", config: { units: 3 } },
      'unsupported: model.h5: The model is of class "MyNet", whose structure is written in Python and not in the file.\n' +
        "  Only Sequential and functional models can be read; rebuild it with keras.Model(inputs, outputs).",
    ],
    [
      "a Graph of Keras 0.x",
      { class_name: "Graph", config: {} },
      "unsupported: model.h5: This is a Graph model of Keras 0.x.\n" +
        "  Load it with Keras 1, rebuild it with the functional API, and save it again.",
    ],
    [
      "a list of Keras 0.x",
      { name: "Sequential", layers: [] },
      "unsupported: model.h5: This is an architecture of Keras 0.x.\n" +
        "  Load it with Keras 0.3, save its weights, and write its layers down with Keras 1 or later.",
    ],
    [
      "no model",
      { a: 1 },
      'bad-config: model.h5: {"a":1} is no model: it has no class_name and config.',
    ],
    [
      "an empty Sequential",
      { class_name: "Sequential", config: [] },
      'bad-config: model.h5: The model "sequential_1" has no layers.',
    ],
    [
      "a layer that is none",
      { class_name: "Sequential", config: [3] },
      "bad-config: model.h5: 3 is no layer: it has no class_name and config.",
    ],
    [
      "two layers of one name",
      functional([input("a"), input("a")], [["a", 0, 0]], [["a", 0, 0]]),
      'bad-config: model.h5: Two layers are called "a".',
    ],
    [
      "two different layers of one name in a chain",
      {
        class_name: "Sequential",
        config: [dense, { class_name: "Dense", config: { name: "d", units: 4 } }],
      },
      'bad-config: model.h5: Two layers are called "d".',
    ],
    [
      "a tensor of no layer",
      functional([input("a"), layer("Dense", "d", [[["b", 0, 0]]])], [["a", 0, 0]], [["d", 0, 0]]),
      'bad-config: model.h5: A tensor of layer "b" is used, which does not exist.',
    ],
    [
      "a call that is none",
      functional([input("a"), layer("Dense", "d", [[["a", 3, 0]]])], [["a", 0, 0]], [["d", 0, 0]]),
      'bad-config: model.h5: Call 3 of layer "a" is used, but it is called once.',
    ],
    [
      "a tensor that is none",
      functional([input("a"), layer("Dense", "d", [[[7]]])], [["a", 0, 0]], [["d", 0, 0]]),
      "bad-config: model.h5: [7] is no tensor of the model; expected [layer, node, tensor].",
    ],
  ])("%s", (_, model, text) => {
    expect(refusal(() => parse(model))).toBe(text);
  });

  it("models nested beyond all measure", () => {
    let model: JsonObject = { class_name: "Sequential", config: [dense] };
    for (let depth = 0; depth < 80; depth++) {
      model = { class_name: "Sequential", config: { name: `s${depth}`, layers: [model] } };
    }
    expect(refusal(() => parse(model))).toBe(
      "limit: model.h5: Models are nested more than 64 deep.",
    );
  });
});
