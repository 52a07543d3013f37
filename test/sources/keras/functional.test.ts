import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/json.ts";
import { functional, input, layer, tensor } from "./functional-model.ts";
import { calls, name, parse } from "./parsed-calls.ts";

function keras3Call(from: string): JsonObject {
  return { args: [tensor(from)], kwargs: {} };
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
});
