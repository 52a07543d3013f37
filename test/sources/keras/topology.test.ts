import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../../src/json.ts";
import type { Generation } from "../../../src/sources/keras/layer-spec.ts";
import { parseModel } from "../../../src/sources/keras/parse-model.ts";
import type {
  CallConfig,
  ModelConfig,
  TensorAddress,
} from "../../../src/sources/keras/topology.ts";
import { refusal } from "./refusal.ts";

function parse(model: JsonObject, generation: Generation = 2): ModelConfig {
  return parseModel(model, {
    dialect: { generation, version: "", backend: "" },
    at: { file: "model.h5" },
    prefix: "",
    trainable: true,
    depth: 0,
  });
}

/** One line a call: `dense#0(in, 2) {mask: m}`. */
function calls(model: ModelConfig): readonly string[] {
  return model.layers.flatMap((layer) =>
    layer.calls.map((call, index) => `${layer.name}#${index}(${argumentsOf(call)})`),
  );
}

function argumentsOf(call: CallConfig): string {
  const args = call.args.map((arg) =>
    arg.kind === "tensor" ? name(arg.address) : JSON.stringify(arg.value),
  );
  const keywords = [...call.keywords].map(([key, list]) => `${key}: ${list.map(name).join("+")}`);
  const literals = Object.entries(call.kwargs).map(
    ([key, value]) => `${key}: ${JSON.stringify(value)}`,
  );
  return [...args, ...keywords, ...literals].join(", ");
}

function name({ layer, call, tensor }: TensorAddress): string {
  return `${layer}${call === 0 ? "" : `#${call}`}${tensor === 0 ? "" : `[${tensor}]`}`;
}

function input(layer: string): JsonObject {
  return {
    class_name: "InputLayer",
    name: layer,
    config: { name: layer, batch_input_shape: [null, 4] },
    inbound_nodes: [],
  };
}

function keras3Call(from: string): JsonObject {
  return { args: [tensor(from)], kwargs: {} };
}

function layer(className: string, layerName: string, inbound: readonly Json[]): JsonObject {
  return {
    class_name: className,
    name: layerName,
    config: { name: layerName },
    inbound_nodes: inbound,
  };
}

function functional(
  layers: readonly Json[],
  inputs: Json,
  outputs: Json,
  className = "Model",
): JsonObject {
  return {
    class_name: className,
    config: { name: "m", layers, input_layers: inputs, output_layers: outputs },
  };
}

function tensor(layerName: string, index = 0): JsonObject {
  return {
    class_name: "__keras_tensor__",
    config: { shape: [null, 4], dtype: "float32", keras_history: [layerName, 0, index] },
  };
}

describe("functional models", () => {
  it("of Keras 1 and 2 list their calls as [layer, node, tensor]", () => {
    const model = parse(
      functional(
        [
          input("a"),
          input("b"),
          layer("Dense", "d", [[["a", 0, 0]], [["b", 0, 0, {}]]]),
          layer("Add", "sum", [
            [
              ["d", 0, 0, {}],
              ["d", 1, 0, {}],
            ],
          ]),
        ],
        [
          ["a", 0, 0],
          ["b", 0, 0],
        ],
        [["sum", 0, 0]],
      ),
    );
    expect(calls(model)).toEqual(["d#0(a)", "d#1(b)", "sum#0(d, d#1)"]);
    expect(model.inputs.map(name)).toEqual(["a", "b"]);
    expect(model.outputs.map(name)).toEqual(["sum"]);
  });

  it("of tf.keras leave lists out, hide tensors in keywords, and mark constants", () => {
    const model = parse(
      functional(
        [
          input("a"),
          layer("TFOpLambda", "mul", [["a", 0, 0, { y: 2, name: null }]]),
          layer("TFOpLambda", "sub", [["_CONSTANT_VALUE", -1, 1.5, { y: ["a", 0, 0] }]]),
          layer("LSTM", "l", [
            [
              [
                "a",
                0,
                0,
                {
                  initial_state: [
                    ["mul", 0, 0],
                    ["sub", 0, 0],
                  ],
                },
              ],
            ],
          ]),
          layer("Reshape", "r", [[["l", 0, 0, { shape: ["x", 1, 2] }]]]),
        ],
        [["a", 0, 0]],
        [["r", 0, 0]],
      ),
      "tf",
    );
    expect(calls(model)).toEqual([
      "mul#0(a, y: 2, name: null)",
      "sub#0(1.5, y: a)",
      "l#0(a, initial_state: mul+sub)",
      'r#0(l, shape: ["x",1,2])',
    ]);
  });

  it("of Keras 3 hold tensors as objects at any depth", () => {
    const model = parse(
      functional(
        [
          input("a"),
          layer("Split", "s", [{ args: [tensor("a")], kwargs: {} }]),
          layer("Add", "sum", [{ args: [[tensor("s"), tensor("s", 1)]], kwargs: {} }]),
          layer("Multiply", "mul", [{ args: [tensor("sum"), 2], kwargs: { name: "x" } }]),
          layer("LSTM", "l", [
            { args: [tensor("mul")], kwargs: { mask: tensor("a"), training: false } },
          ]),
        ],
        ["a", 0, 0],
        ["l", 0, 0],
        "Functional",
      ),
      3,
    );
    expect(calls(model)).toEqual([
      "s#0(a)",
      "sum#0(s, s[1])",
      'mul#0(sum, 2, name: "x")',
      "l#0(mul, mask: a, training: false)",
    ]);
    expect(model.inputs.map(name)).toEqual(["a"]);
    expect(model.outputs.map(name)).toEqual(["l"]);
  });

  it("may name their outputs by key", () => {
    const model = parse(
      functional(
        [input("a"), layer("Dense", "p", [[["a", 0, 0]]]), layer("Dense", "q", [[["a", 0, 0]]])],
        { first: ["a", 0, 0] },
        { two: ["q", 0, 0], one: ["p", 0, 0] },
      ),
      "tf",
    );
    expect(model.outputs.map(name)).toEqual(["q", "p"]);
    expect(model.inputKeys).toEqual(["first"]);
  });
});

describe("nested models", () => {
  const inner = (names: readonly string[]): JsonObject => ({
    class_name: "Model",
    name: "inner",
    config: {
      name: "inner",
      layers: [input("x"), layer("Dense", "d", [[["x", 0, 0]]])],
      input_layers: [["x", 0, 0]],
      output_layers: [["d", 0, 0]],
    },
    inbound_nodes: names.map((from) => [[from, 0, 0, {}]]),
  });

  it.each([
    ["Keras 2, where a model counts its making as node 0", 1],
    ["Keras 3, where it does not", 0],
  ])("called twice by %s", (_, first) => {
    const model = parse(
      functional(
        [
          input("a"),
          input("b"),
          inner(["a", "b"]),
          layer("Add", "sum", [
            [
              ["inner", first, 0],
              ["inner", first + 1, 0],
            ],
          ]),
        ],
        [
          ["a", 0, 0],
          ["b", 0, 0],
        ],
        [["sum", 0, 0]],
      ),
    );
    expect(calls(model)).toEqual(["inner#0(a)", "inner#1(b)", "sum#0(inner, inner#1)"]);
    expect(model.layers[2]?.model?.layers.map((item) => item.path)).toEqual(["inner/x", "inner/d"]);
  });

  it("of Keras 3 count their making only where the outer model's outputs are listed", () => {
    const twice = { ...inner([]), inbound_nodes: ["a", "b"].map(keras3Call) };
    const model = parse(
      functional(
        [input("a"), input("b"), twice, layer("Dense", "d", [keras3Call("inner")])],
        [
          ["a", 0, 0],
          ["b", 0, 0],
        ],
        [
          ["d", 0, 0],
          ["inner", 1, 0],
          ["inner", 2, 0],
        ],
        "Functional",
      ),
      3,
    );
    expect(calls(model)).toEqual(["inner#0(a)", "inner#1(b)", "d#0(inner)"]);
    expect(model.outputs.map(name)).toEqual(["d", "inner", "inner#1"]);
  });

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

describe("sequential models", () => {
  const dense = (layerName: string, more: JsonObject = {}): JsonObject => ({
    class_name: "Dense",
    config: { name: layerName, ...more },
  });

  it("of early Keras are bare lists, and get an input", () => {
    const model = parse({
      class_name: "Sequential",
      config: [dense("a", { batch_input_shape: [null, 4] }), dense("b")],
    });
    expect(calls(model)).toEqual(["a#0(a_input)", "b#0(a)"]);
    expect(model.layers[0]?.config).toEqual({ name: "a_input", batch_input_shape: [null, 4] });
    expect(model.name).toBe("sequential_1");
  });

  it("of later Keras are objects that may say the shape they were built for", () => {
    const model = parse({
      class_name: "Sequential",
      config: { name: "s", layers: [dense("a")], build_input_shape: [null, 7] },
    });
    expect(model.layers[0]?.config).toEqual({ name: "a_input", batch_input_shape: [null, 7] });
  });

  it("of tf.keras and Keras 3 may say it beside a layer; how many samples it was is left out", () => {
    const model = parse({
      class_name: "Sequential",
      config: {
        name: "s",
        layers: [
          { class_name: "InputLayer", config: { name: "in", batch_input_shape: null } },
          { ...dense("a"), build_config: { input_shape: [3, 7] } },
        ],
      },
    });
    expect(model.layers[0]?.config.batch_input_shape).toEqual([null, 7]);
  });

  it("may start with an InputLayer", () => {
    const model = parse({
      class_name: "Sequential",
      config: { name: "s", layers: [input("in"), dense("a")] },
    });
    expect(calls(model)).toEqual(["a#0(in)"]);
  });

  it("may start with another model, whose input shape is theirs", () => {
    const inner = {
      class_name: "Sequential",
      config: [dense("a", { batch_input_shape: [null, 5] })],
    };
    const model = parse({ class_name: "Sequential", config: [inner, dense("b")] });
    expect(calls(model)).toEqual(["sequential_1#0(sequential_1_input)", "b#0(sequential_1)"]);
    expect(model.layers[0]?.config.batch_input_shape).toEqual([null, 5]);
  });

  it("may hold one layer twice", () => {
    const act = { class_name: "Activation", config: { name: "act", activation: "relu" } };
    const model = parse({
      class_name: "Sequential",
      config: [dense("a", { batch_input_shape: [null, 4] }), act, dense("b"), act],
    });
    expect(calls(model)).toEqual(["a#0(a_input)", "act#0(a)", "act#1(b)", "b#0(act)"]);
    expect(model.outputs.map(name)).toEqual(["act#1"]);
  });

  it("of Keras 1 may start with a Merge of branches", () => {
    const branch = (layerName: string): JsonObject => ({
      class_name: "Sequential",
      config: [dense(layerName, { batch_input_shape: [null, 3] })],
    });
    const merge = {
      class_name: "Merge",
      config: { name: "merge_1", mode: "sum", layers: [branch("left"), branch("right")] },
    };
    const model = parse({ class_name: "Sequential", config: [merge, dense("top")] }, 1);
    expect(calls(model)).toEqual([
      "branch_1#0(branch_1_input)",
      "branch_2#0(branch_2_input)",
      "merge_1#0(branch_1, branch_2)",
      "top#0(merge_1)",
    ]);
    expect(model.inputs.map(name)).toEqual(["branch_1_input", "branch_2_input"]);
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
