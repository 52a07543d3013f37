import { expect, test } from "vitest";
import type { Model, NeuralNetworkClassifier } from "../../src/formats/coreml/types.gen.ts";
import { runCoreML } from "../../src/verify/index.ts";

const COPY = { name: "copy", input: ["x"], output: ["scores"], multiply: { alpha: 1 } };

function run(classifier: NeuralNetworkClassifier, predictedFeatureName = "label") {
  const model: Model = {
    specificationVersion: 1,
    description: {
      input: [{ name: "x", type: { multiArrayType: { shape: [3] } } }],
      output: [{ name: "p" }, { name: "label" }],
      predictedFeatureName,
      predictedProbabilitiesName: "p",
    },
    neuralNetworkClassifier: { layers: [COPY], ...classifier },
  };
  return runCoreML(model, { x: { shape: [3], data: [0.25, 0.5, 0.125] } });
}

test("a classifier gives the best label and all probabilities", () => {
  const outputs = run({ stringClassLabels: { vector: ["a", "b", "c"] } });
  expect(outputs.get("label")).toBe("b");
  expect(outputs.get("p")).toEqual(
    new Map([
      ["a", 0.25],
      ["b", 0.5],
      ["c", 0.125],
    ]),
  );
});

test("labels may be integers, and the scores be named", () => {
  const int64ClassLabels = { vector: [7, 8, 9] };
  const outputs = run({ int64ClassLabels, labelProbabilityLayerName: "scores" });
  expect(outputs.get("label")).toBe(8);
});

test.each([
  [{ stringClassLabels: { vector: ["a"] } }, "The classifier has 1 labels for 3 scores."],
  [{ stringClassLabels: { vector: ["a", "b", "a"] } }, "The classifier has a label twice."],
  [{ labelProbabilityLayerName: "gone" }, 'No layer makes the scores "gone" of the classifier.'],
])("faults of classifiers: %j", (classifier, text) => {
  expect(() => run(classifier)).toThrow(text);
});

test("the label output must have a name", () => {
  expect(() => run({ stringClassLabels: { vector: ["a", "b", "c"] } }, "")).toThrow(
    "The classifier does not name the output that holds the label.",
  );
});
