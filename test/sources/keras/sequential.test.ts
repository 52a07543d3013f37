import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/json.ts";
import { input } from "./functional-model.ts";
import { calls, name, parse } from "./parsed-calls.ts";

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
