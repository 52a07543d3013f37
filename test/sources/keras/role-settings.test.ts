import { expect, it } from "vitest";
import type { JsonObject } from "../../../src/json.ts";
import { roleSetting } from "../../../src/sources/keras/role-settings.ts";
import type { LayerConfig } from "../../../src/sources/keras/topology.ts";

function layer(className: string, config: JsonObject): LayerConfig {
  return {
    className,
    fileClass: className,
    name: "l",
    path: "l",
    config,
    json: config,
    trainable: true,
    ownTrainable: true,
    calls: [],
  };
}

function cell(kernel: string) {
  return { class_name: "LSTMCell", config: { recurrent_regularizer: kernel } };
}

it("finds what is said of a kernel under its own name", () => {
  const separable = layer("SeparableConv2D", { pointwise_constraint: "non_neg" });
  expect(roleSetting(separable, "pointwise_kernel", "constraint")).toEqual({
    key: "pointwise_constraint",
    value: "non_neg",
  });
});

it("finds what is said of the only cell of a recurrent layer", () => {
  const rnn = layer("RNN", { cell: cell("l1") });
  expect(roleSetting(rnn, "recurrent_kernel", "regularizer").value).toBe("l1");
});

it("finds what is said of one of several cells", () => {
  const stack = { class_name: "StackedRNNCells", config: { cells: [cell("l1"), cell("l2")] } };
  const rnn = layer("RNN", { cell: stack });
  expect(roleSetting(rnn, "cell_1/recurrent_kernel", "regularizer").value).toBe("l2");
});

it("finds nothing where nothing is said", () => {
  expect(roleSetting(layer("Dense", {}), "kernel", "regularizer").value).toBeNull();
});
