import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/json.ts";
import { readKeras } from "../../../src/sources/keras/index.ts";
import type { LayerSpec } from "../../../src/sources/keras/layer-spec.ts";
import { array, layer, namedSequential, sequential } from "./hand-made.ts";
import { writeFile } from "./keras-file.ts";
import { INPUT, modelFile, refused } from "./model-file.ts";

describe("layers that cannot be expressed are reported all at once", () => {
  it("each with its class, reason and way out", async () => {
    const model = namedSequential("outer", [
      layer("Densee", { name: "a", ...INPUT }),
      namedSequential("inner", [layer("Lambda", { name: "b" }), layer("Wobble", { name: "c" })]),
      layer("TimeDistributed", { name: "d", layer: layer("Cov2D", { name: "e" }) }),
      layer("Dense", { name: "f", units: 3, dtype: "int8_from_float32" }),
    ]);
    expect(await refused(model)).toBe(
      [
        'unsupported: Layer "a" (Densee): this class of layer is not known. Close names that are known: Dense.',
        "  Say what it computes in a layer spec of your own (--custom FILE.mjs).",
        'Layer "inner/b" (Lambda): its body is Python byte code stored in the file. Running code from a model file is dangerous and is never done here.',
        '  Say what "inner/b" computes in a layer spec of your own (--custom FILE.mjs), or replace it in the model by Keras layers.',
        'Layer "inner/c" (Wobble): this class of layer is not known.',
        "  Say what it computes in a layer spec of your own (--custom FILE.mjs).",
        'Layer "d/e" (Cov2D): this class of layer is not known. Close names that are known: Conv2D, Conv1D, Conv3D.',
        "  Say what it computes in a layer spec of your own (--custom FILE.mjs).",
        'Layer "f" (Dense): its weights are quantised (int8_from_float32).',
        "  Save the model before quantize() is called.",
      ].join("\n"),
    );
  });

  it("also those that only their inputs or options make impossible", async () => {
    const model = sequential(
      layer("Dot", { name: "a", axes: 1, ...INPUT }),
      layer("Wobble", { name: "b" }),
    );
    expect(await refused(model)).toBe(
      [
        'unsupported: Layer "b" (Wobble): this class of layer is not known.',
        "  Say what it computes in a layer spec of your own (--custom FILE.mjs).",
        'Layer "a" (Dot): it takes two inputs, and gets 1.',
      ].join("\n"),
    );
  });
});

describe("models called with a dict", () => {
  const input = (name: string): JsonObject => ({
    class_name: "InputLayer",
    name,
    config: { name, batch_input_shape: [null, 4] },
    inbound_nodes: [],
  });
  const inner = (calls: JsonObject): JsonObject => ({
    class_name: "Functional",
    name: "inner",
    config: {
      name: "inner",
      layers: [
        input("left"),
        input("right"),
        {
          class_name: "Subtract",
          name: "sub",
          config: { name: "sub" },
          inbound_nodes: [
            [
              ["left", 0, 0, {}],
              ["right", 0, 0, {}],
            ],
          ],
        },
      ],
      input_layers: { left: ["left", 0, 0], right: ["right", 0, 0] },
      output_layers: [["sub", 0, 0]],
    },
    inbound_nodes: [calls],
  });
  const model = (calls: JsonObject): JsonObject => ({
    class_name: "Functional",
    config: {
      name: "outer",
      layers: [input("a"), input("b"), inner(calls)],
      input_layers: [
        ["a", 0, 0],
        ["b", 0, 0],
      ],
      output_layers: [["inner", 1, 0]],
    },
  });

  it.each([
    [{ left: ["a", 0, 0, {}], right: ["b", 0, 0, {}] }, ["a", "b"]],
    [{ right: ["a", 0, 0, {}], left: ["b", 0, 0, {}] }, ["b", "a"]],
  ])("take each input by its key (%#)", async (calls, inputs) => {
    const { graph } = readKeras(await modelFile(model(calls)));
    expect(graph.nodes.map((node) => node.inputs)).toEqual([inputs]);
    expect(graph.outputs.map((port) => port.name)).toEqual(["inner"]);
  });
});

describe("layers of one's own", () => {
  it("may wrap layers under any key, whose weights carry the key's prefix", async () => {
    const twoInOne: LayerSpec = {
      classNames: ["Both"],
      slots: () =>
        ["first", "second"].flatMap((part) => [
          { role: `${part}/kernel` },
          { role: `${part}/bias` },
        ]),
      lower(call) {
        const [middle] = call.wrapped("first", "first", call.inputs);
        return { outputs: call.wrapped("second", "second", middle === undefined ? [] : [middle]) };
      },
    };
    const part = (name: string, units: number) => layer("Dense", { name, units });
    const source = await modelFile(
      sequential(layer("Both", { name: "b", first: part("x", 2), second: part("y", 3), ...INPUT })),
      {
        b: [
          array("b/x/kernel:0", [4, 2]),
          array("b/x/bias:0", [2]),
          array("b/y/kernel:0", [2, 3]),
          array("b/y/bias:0", [3]),
        ],
      },
    );
    const { graph } = readKeras(source, { customLayers: [twoInOne] });
    expect(graph.nodes.map((node) => [node.id, node.op.kind])).toEqual([
      ["b", "dense"],
      ["b/dense", "dense"],
    ]);
    expect(graph.types.get("b/dense")?.shape).toEqual([null, 3]);
  });

  it("come before those of the same class", async () => {
    const spec: LayerSpec = {
      classNames: ["Flatten"],
      lower: (call) => call.refuse("mine was asked."),
    };
    const model = sequential(layer("Flatten", { name: "f", ...INPUT }));
    expect(await refused(model, { customLayers: [spec] })).toBe(
      'unsupported: Layer "f" (Flatten): mine was asked.',
    );
  });
});

describe("placeholders", () => {
  it("stand for unknown classes and Lambda, with their numbers and weights", async () => {
    const model = sequential(
      layer("Wobble", { name: "w", strength: 2, mode: "soft", ...INPUT }),
      layer("Lambda", { name: "l", output_shape: [7], function: ["code", null, null] }),
    );
    const source = await modelFile(model, { w: [array("w/factor:0", [4])] });
    const { graph, warnings } = readKeras(source, { placeholders: true });
    expect(graph.nodes.map((node) => node.op)).toMatchObject([
      {
        kind: "custom",
        className: "Wobble",
        outputShape: [null, 4],
        parameters: { strength: 2, mode: "soft" },
        description: 'Keras layer "w" of class Wobble',
        weights: { "w/factor:0": { shape: [4] } },
      },
      { kind: "custom", className: "Lambda", outputShape: [null, 7] },
    ]);
    expect(warnings.map((warning) => [warning.at, warning.text])).toEqual([
      [
        { layer: "w", className: "Wobble" },
        "Its output shape is not in the file; that of its input was assumed.",
      ],
    ]);
  });
});

describe("architectures that do not hold together", () => {
  const input = {
    class_name: "InputLayer",
    name: "in",
    config: { name: "in", batch_input_shape: [null, 4] },
    inbound_nodes: [],
  };
  const act = (name: string, from: string): JsonObject => ({
    class_name: "Activation",
    name,
    config: { name, activation: "relu" },
    inbound_nodes: [[[from, 0, 0, {}]]],
  });

  it("layers in a ring", async () => {
    const model = {
      class_name: "Model",
      config: {
        name: "m",
        layers: [input, act("a", "b"), act("b", "a")],
        input_layers: [["in", 0, 0]],
        output_layers: [["b", 0, 0]],
      },
    };
    expect(await refused(model)).toBe(
      'bad-config: The inputs of "a", "b" are never made: the layers form a ring.',
    );
  });

  it("an output number that a layer does not have", async () => {
    const model = {
      class_name: "Model",
      config: {
        name: "m",
        layers: [input, act("a", "in")],
        input_layers: [["in", 0, 0]],
        output_layers: [["a", 0, 1]],
      },
    };
    expect(await refused(model)).toBe(
      'bad-config: The output "a" cannot be reached from the inputs.',
    );
  });
});

it("Keras' own numbers that JSON does not know are read", async () => {
  const source = await writeFile((root) => {
    const model = sequential(
      layer("Masking", { name: "m", mask_value: "NUMBER", batch_input_shape: [null, 2, 2] }),
    );
    root.create_attribute("model_config", JSON.stringify(model).replace('"NUMBER"', "-Infinity"));
    root.create_group("model_weights").create_attribute("keras_version", "2.2.4");
  });
  const [mask] = readKeras(source).graph.nodes;
  expect(mask?.op).toMatchObject({ kind: "notEqualMask", value: Number.NEGATIVE_INFINITY });
});
