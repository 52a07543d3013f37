import { describe, expect, test } from "vitest";
import { decodeModel } from "../../../src/formats/coreml/decode.ts";
import { type CoreMLOptions, writeCoreML } from "../../../src/targets/coreml-nn/index.ts";
import { createInterpreter } from "../../../src/verify/index.ts";
import { buildGraph } from "./build-graph.ts";
import { layerKinds } from "./equivalence.ts";
import { bytesOfResult } from "./run-written.ts";
import { pictureModel } from "./sample-models.ts";

const shape = [3, 8, 6];
const data = Float32Array.from({ length: 3 * 8 * 6 }, (_, i) => Math.sin(i) + (i < 48 ? 1 : 0));

function predict(graph: ReturnType<typeof pictureModel>, options: CoreMLOptions) {
  const result = writeCoreML(graph, options);
  const model = decodeModel(bytesOfResult(result));
  return { result, model, outputs: createInterpreter(model).run({ input1: { shape, data } }) };
}

describe("a classifier", () => {
  test("gives a dictionary of probabilities and the label", () => {
    const { model, outputs } = predict(pictureModel(), { classLabels: ["ant", "bee", "cat"] });
    expect(model.description?.output).toEqual([
      { name: "output1", type: { dictionaryType: { stringKeyType: {} } } },
      { name: "classLabel", type: { stringType: {} } },
    ]);
    expect(model.description?.predictedFeatureName).toBe("classLabel");
    expect(model.description?.predictedProbabilitiesName).toBe("output1");
    expect(model.neuralNetworkClassifier?.labelProbabilityLayerName).toBe("output1");
    const probabilities = outputs.get("output1");
    expect(probabilities instanceof Map ? [...probabilities.keys()] : []).toEqual([
      "ant",
      "bee",
      "cat",
    ]);
    expect(["ant", "bee", "cat"]).toContain(outputs.get("classLabel"));
  });

  test("takes whole numbers as labels", () => {
    const { model, outputs } = predict(pictureModel(), { classLabels: [10, 20, 30] });
    expect(model.description?.output).toEqual([
      { name: "output1", type: { dictionaryType: { int64KeyType: {} } } },
      { name: "classLabel", type: { int64Type: {} } },
    ]);
    expect(model.neuralNetworkClassifier?.int64ClassLabels).toEqual({ vector: [10, 20, 30] });
    expect([10, 20, 30]).toContain(outputs.get("classLabel"));
  });

  test("of one sigmoid gives the two scores 1 - p and p", () => {
    const graph = pictureModel([8, 6, 3], 1, "sigmoid");
    const plain = predict(graph, {}).outputs.get("output1");
    const p = typeof plain === "object" && "data" in plain ? (plain.data[0] ?? 0) : 0;
    const { result, outputs } = predict(graph, {
      binaryLabels: ["no", "yes"],
      outputNames: ["probability"],
      predictedFeatureName: "answer",
    });
    expect(layerKinds(result)).toEqual([
      "pooling",
      "innerProduct",
      "activation",
      "activation",
      "concat",
    ]);
    const probabilities = outputs.get("probability");
    const numbers = probabilities instanceof Map ? [...probabilities] : [];
    expect(numbers.map(([label]) => label)).toEqual(["no", "yes"]);
    expect(numbers.map(([, value]) => value)).toEqual([Math.fround(1 - p), p]);
    expect(outputs.get("answer")).toBe(p > 0.5 ? "yes" : "no");
  });

  test("keeps the other outputs as arrays", () => {
    const graph = buildGraph([[4], [2]], (add, x, y) => [
      add({ kind: "activation", activation: { fn: "tanh" }, weights: {} }, y ?? ""),
      add({ kind: "activation", activation: { fn: "softmax", axis: 1 }, weights: {} }, x),
    ]);
    const { model } = writeCoreML(graph, {
      classLabels: ["a", "b", "c", "d"],
      predictedProbabilitiesOutput: "output2",
    });
    expect((model.description?.output ?? []).map(({ name }) => name)).toEqual([
      "output1",
      "output2",
      "classLabel",
    ]);
    expect(model.neuralNetworkClassifier?.labelProbabilityLayerName).toBe("output2");
  });
});
