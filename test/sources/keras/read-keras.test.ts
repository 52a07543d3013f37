import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../../src/formats/bytes.ts";
import type { JsonObject } from "../../../src/json.ts";
import { type ReadKerasOptions, readKeras } from "../../../src/sources/keras/index.ts";
import type { LayerSpec } from "../../../src/sources/keras/layer-spec.ts";
import { FIXTURES } from "../../cases.ts";
import { array, KERAS2, layer, namedSequential, sequential } from "./hand-made.ts";
import { type GivenArray, kerasFile, stateFile, writeFile } from "./keras-file.ts";
import { refusal } from "./refusal.ts";

function fixture(path: string) {
  return bytesSource(readFileSync(join(FIXTURES, path)), path.slice(path.lastIndexOf("/") + 1));
}

async function file(
  model: JsonObject,
  groups: Readonly<Record<string, readonly GivenArray[]>> = {},
) {
  return kerasFile({ attributes: KERAS2, weights: KERAS2, model, groups });
}

async function refused(model: JsonObject, options: ReadKerasOptions = {}): Promise<string> {
  const source = await file(model);
  return refusal(() => readKeras(source, options));
}

const INPUT = { batch_input_shape: [null, 4] };

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
    const { graph } = readKeras(await file(model(calls)));
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
    const source = await file(
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
    const source = await file(model, { w: [array("w/factor:0", [4])] });
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

describe("input shapes", () => {
  const convolution = namedSequential("s", [
    layer("ZeroPadding2D", {
      name: "z",
      padding: [1, 1],
      batch_input_shape: [null, null, null, 3],
    }),
  ]);
  const deferred = sequential(layer("ZeroPadding2D", { name: "z", padding: [1, 1] }));

  it("that are free can be fixed", async () => {
    const source = await file(convolution);
    const { graph } = readKeras(source, { inputShapes: [1, 8, 8, 3] });
    expect([...graph.types.values()].map((type) => type.shape)).toEqual([
      [1, 8, 8, 3],
      [1, 10, 10, 3],
    ]);
  });

  it("that are missing are asked for", async () => {
    expect(await refused(deferred)).toBe(
      'bad-shape: The file does not state the shape of input "z_input".\n' +
        "  Say it, batch first, for example: --input-shape z_input=1,224,224,3",
    );
  });

  it("can be given by name", async () => {
    const source = await file(deferred);
    const { graph } = readKeras(source, { inputShapes: { z_input: [null, 8, 8, 3] } });
    expect(graph.types.get("z")?.shape).toEqual([null, 10, 10, 3]);
  });

  it.each<[ReadKerasOptions, string]>([
    [
      { inputShapes: { image: [1, 8, 8, 3] } },
      'bad-option: A shape is given for "image", but the inputs are "z_input".',
    ],
    [
      { inputShapes: [1, 8, 8, 4] },
      'bad-option: The shape (1, 8, 8, 4) given for input "z_input" contradicts the file, where it is (null, null, null, 3).',
    ],
    [
      { backend: "caffe" },
      'bad-option: The backend "caffe" is not known, expected one of tensorflow, theano, cntk, jax, torch.',
    ],
  ])("that make no sense are refused (%#)", async (options, text) => {
    expect(await refused(convolution, options)).toBe(text);
  });

  it("must be named when there are several inputs", () => {
    const source = fixture("micro/topo_multi_input/model.hdf5");
    expect(refusal(() => readKeras(source, { inputShapes: [1, 4] }))).toMatch(
      /^bad-option: One input shape is given, but the model has 2 inputs: ".*", ".*"\.\n {2}Name the input that each shape is for: --input-shape name=1,224,224,3$/,
    );
  });

  it.each([
    ["text", "text"],
    [[null, "a"], '[null,"a"]'],
    [[], "[]"],
  ])("that no Keras writes are refused: %j", async (shape, quoted) => {
    expect(
      await refused(sequential(layer("Flatten", { name: "f", batch_input_shape: shape }))),
    ).toBe(
      `bad-config: Layer "f_input" (InputLayer): The input shape is ${
        typeof shape === "string" ? `"${quoted}"` : quoted
      }, expected a list of sizes.`,
    );
  });

  it("of text are refused", async () => {
    const model = namedSequential("s", [
      layer("InputLayer", { name: "in", batch_input_shape: [null, 1], dtype: "string" }),
      layer("Flatten", { name: "f" }),
    ]);
    expect(await refused(model)).toBe(
      'unsupported: Layer "in" (InputLayer): The input is text.\n' +
        "  Cut the model behind the layers that turn text into numbers.",
    );
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
