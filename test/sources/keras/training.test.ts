import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/json.ts";
import { parseTraining } from "../../../src/sources/keras/training.ts";

describe("how a model was trained", () => {
  it("by Keras 2", () => {
    const training = {
      optimizer_config: { class_name: "Adam", config: { lr: 0.001, decay: 0, epsilon: null } },
      loss: "categorical_crossentropy",
      metrics: ["accuracy"],
      loss_weights: null,
    };
    expect(parseTraining(training, ["a", "b"])).toEqual({
      losses: ["categorical_crossentropy", "categorical_crossentropy"],
      metrics: ["accuracy"],
      optimizer: { name: "adam", config: { learning_rate: 0.001, decay: 0, epsilon: null } },
    });
  });

  it("by tf.keras 2.15", () => {
    const training = {
      loss: { class_name: "CategoricalCrossentropy", config: { from_logits: false } },
      metrics: [
        [
          {
            class_name: "MeanMetricWrapper",
            config: { name: "accuracy", fn: "categorical_accuracy" },
          },
        ],
      ],
      optimizer_config: { class_name: "Custom>Adam", config: { learning_rate: 0.001 } },
    };
    expect(parseTraining(training, ["a"])).toEqual({
      losses: ["categorical_crossentropy"],
      metrics: ["accuracy"],
      metricSettings: [
        {
          name: "accuracy",
          kind: "categorical_accuracy",
          config: { name: "accuracy", fn: "categorical_accuracy" },
        },
      ],
      optimizer: { name: "adam", config: { learning_rate: 0.001 } },
    });
  });

  it("with metrics that have settings, and weights of losses", () => {
    const metrics = [
      "accuracy",
      { class_name: "Precision", config: { name: "sure", thresholds: [0.9] } },
      { class_name: "function", config: "mean_absolute_error" },
    ];
    const losses = { loss: ["mse", "mae"], loss_weights: { b: 0.5 } };
    const setup = parseTraining({ optimizer: "sgd", metrics, ...losses }, ["a", "b"]);
    expect(setup?.metrics).toEqual(["accuracy", "sure", "mean_absolute_error"]);
    expect(setup?.metricSettings).toEqual([
      { name: "sure", kind: "precision", config: { name: "sure", thresholds: [0.9] } },
    ]);
    expect(setup?.lossWeights).toEqual([1, 0.5]);
    expect(setup?.weightedMetrics).toBeUndefined();
    const weighted = parseTraining({ optimizer: "sgd", weighted_metrics: [["auc"], []] }, [
      "a",
      "b",
    ]);
    expect(weighted?.weightedMetrics).toEqual({ metrics: ["auc"], metricsByOutput: [["auc"], []] });
  });

  it("by Keras 3", () => {
    const training = {
      optimizer: {
        module: "keras.optimizers",
        class_name: "SGD",
        config: { learning_rate: 0.1, momentum: 0.9 },
        registered_name: null,
      },
      loss: { module: "builtins", class_name: "function", config: "mean_squared_error" },
      metrics: null,
    };
    expect(parseTraining(training, ["a"])).toEqual({
      losses: ["mean_squared_error"],
      metrics: [],
      optimizer: { name: "sgd", config: { learning_rate: 0.1, momentum: 0.9 } },
    });
  });

  it("with logits and smoothed labels", () => {
    const config = { from_logits: true, label_smoothing: 0.1 };
    const loss = { class_name: "CategoricalCrossentropy", config };
    expect(parseTraining({ optimizer: "sgd", loss }, ["a"])?.lossSettings).toEqual([
      { fromLogits: true, labelSmoothing: 0.1 },
    ]);
  });

  it("with losses of several outputs, in a list or by name", () => {
    const optimizer = "rmsprop";
    expect(parseTraining({ optimizer, loss: ["mse", "mae"] }, ["a", "b"])?.losses).toEqual([
      "mse",
      "mae",
    ]);
    expect(parseTraining({ optimizer, loss: { b: "mae", a: "mse" } }, ["a", "b"])?.losses).toEqual([
      "mse",
      "mae",
    ]);
  });

  it.each([
    ["by name", { metrics: { b: "mae", a: ["accuracy"] } }, [["accuracy"], ["mae"]]],
    ["in lists", { metrics: [["accuracy"], []] }, [["accuracy"], []]],
    [
      "in a list of Keras 3",
      { metrics: ["accuracy", "mae"], run_eagerly: false },
      [["accuracy"], ["mae"]],
    ],
    ["all for all before", { metrics: ["accuracy", "mae"] }, undefined],
  ] as const)("with metrics of several outputs, %s", (_, stated, expected) => {
    const training: JsonObject = { optimizer: "sgd", loss: "mse", ...stated };
    expect(parseTraining(training, ["a", "b"])?.metricsByOutput).toEqual(expected);
    expect(parseTraining(training, ["a"])?.metricsByOutput).toBeUndefined();
  });

  it("is left out when the file does not say", () => {
    expect(parseTraining(undefined, ["a"])).toBe(undefined);
    expect(parseTraining({}, ["a"])).toBe(undefined);
    expect(parseTraining({ optimizer_config: null, loss: "mse" }, ["a"])).toBe(undefined);
  });
});
