import { describe, expect, it } from "vitest";
import type { Json } from "../../../../src/json.ts";
import { lower, refusal } from "./lowering.ts";

function activationOf(activation: Json, dialect: Parameters<typeof lower>[0]["dialect"] = {}) {
  const [op] = lower({
    layer: "Activation",
    config: { activation },
    inputs: [[null, 4, 5]],
    dialect,
  }).ops;
  return op?.kind === "activation" ? op.activation : undefined;
}

describe("activation names", () => {
  const RELU6 = { fn: "relu", negativeSlope: 0, maxValue: 6, threshold: 0 };

  it.each(["relu6", "Relu6", "ReLU6", "relu_6", "Custom>relu6", "my_package>relu6"])(
    "takes %s for a rectifier cut at 6",
    (name) => {
      expect(activationOf(name)).toEqual(RELU6);
    },
  );

  it("finds a custom function in the dict of Keras 3 and of tf.keras 2.15", () => {
    expect(
      activationOf({
        module: "builtins",
        class_name: "function",
        config: "relu6",
        registered_name: "function",
      }),
    ).toEqual(RELU6);
    expect(activationOf({ class_name: "ReLU", config: { max_value: 6.0 } })).toEqual(RELU6);
  });

  it("gives hard_sigmoid the slope of its generation", () => {
    expect(activationOf("hard_sigmoid", { generation: 2 })).toEqual({
      fn: "hardSigmoid",
      slope: 0.2,
      offset: 0.5,
    });
    expect(activationOf("hard_sigmoid", { generation: "tf" })).toEqual({
      fn: "hardSigmoid",
      slope: 0.2,
      offset: 0.5,
    });
    expect(activationOf("hard_sigmoid", { generation: 3 })).toEqual({
      fn: "hardSigmoid",
      slope: 1 / 6,
      offset: 0.5,
    });
  });

  it("refuses registered functions whose name does not tell which of two they are", () => {
    for (const activation of ["Addons>gelu", "Custom>hard_sigmoid"]) {
      expect(
        refusal({ layer: "Activation", config: { activation }, inputs: [[null, 4]] }),
      ).toContain("which is not an activation known here");
    }
  });

  it("puts softmax on the last axis", () => {
    expect(activationOf("softmax")).toEqual({ fn: "softmax", axis: 2 });
  });

  it("refuses an unknown name with the way out", () => {
    expect(
      refusal({ layer: "Activation", config: { activation: "wobble" }, inputs: [[null, 4]] }),
    ).toBe(
      [
        'Layer "it" (Activation): activation is "wobble", which is not an activation known here.',
        "  Supply the layer with --custom, or rename the activation in the model to the Keras one it equals.",
      ].join("\n"),
    );
  });
});

describe("activation layers", () => {
  it("reads slopes under the names of all generations", () => {
    const slopeOf = (layer: string, config: Record<string, Json>) => {
      const [op] = lower({ layer, config, inputs: [[null, 4]] }).ops;
      return op?.kind === "activation" ? op.activation : undefined;
    };
    const leaky = { fn: "relu", negativeSlope: 0.1, maxValue: null, threshold: 0 };
    expect(slopeOf("LeakyReLU", { alpha: 0.1 })).toEqual(leaky);
    expect(slopeOf("LeakyReLU", { negative_slope: 0.1 })).toEqual(leaky);
    expect(
      slopeOf("ReLU", {
        max_value: { type: "ndarray", value: 6 },
        negative_slope: 0.1,
        threshold: { type: "ndarray", value: 1 },
      }),
    ).toEqual({ fn: "relu", negativeSlope: 0.1, maxValue: 6, threshold: 1 });
  });

  it("makes one axis of several neighbouring ones for Softmax", () => {
    const { steps } = lower({
      layer: "Softmax",
      config: { axis: [2, 3] },
      inputs: [[null, 4, 5, 6]],
    });
    expect(steps).toEqual([
      "reshape (null, 4, 30)",
      "activation (null, 4, 30)",
      "reshape (null, 4, 5, 6)",
    ]);
  });

  it("sizes the slopes of PReLU by its shared axes", () => {
    const [op] = lower({
      layer: "PReLU",
      config: { shared_axes: [1, 2] },
      inputs: [[null, null, null, 3]],
    }).ops;
    expect(op?.kind === "prelu" && op.weights.alpha.shape).toEqual([1, 1, 3]);
  });
});
