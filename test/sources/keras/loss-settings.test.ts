import { describe, expect, it } from "vitest";
import {
  isSpecial,
  lossArguments,
  lossSettings,
} from "../../../src/sources/keras/loss-settings.ts";

const usual = { fromLogits: false, labelSmoothing: 0 };
const made = (className: string, config: object) =>
  lossSettings(JSON.parse(JSON.stringify({ class_name: className, config })));

describe("what a loss was made with", () => {
  it("is nothing special for a name, and for a class as Keras writes it", () => {
    const usually = { name: "x", reduction: "sum_over_batch_size", axis: -1, from_logits: false };
    for (const settings of [lossSettings("mse"), made("CategoricalCrossentropy", usually)]) {
      expect(settings).toEqual(usual);
      expect(isSpecial(settings)).toBe(false);
    }
  });

  it.each([
    ["Huber", { delta: 0.3 }, { numbers: { delta: 0.3 } }],
    ["BinaryFocalCrossentropy", { apply_class_balancing: true }, { classBalancing: true }],
    ["CategoricalFocalCrossentropy", { alpha: [0.1, 0.9] }, { alphas: [0.1, 0.9] }],
    ["SparseCategoricalCrossentropy", { ignore_class: -1 }, { ignoreClass: -1 }],
    ["MeanSquaredError", { reduction: "sum" }, { reduction: "sum" }],
    ["MeanSquaredError", { reduction: null }, { reduction: "none" }],
    ["CosineSimilarity", { axis: 1 }, { axes: [1] }],
    ["Dice", { axis: -1 }, { axes: [-1] }],
    ["Dice", { axis: { class_name: "__tuple__", items: [1, 2] } }, { axes: [1, 2] }],
  ])("is read from %s %j", (className, config, expected) => {
    const settings = made(className, config);
    expect(settings).toEqual({ ...usual, ...expected });
    expect(isSpecial(settings)).toBe(true);
    expect(made(className, lossArguments(settings))).toEqual(settings);
  });
});
