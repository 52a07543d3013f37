import { describe, expect, it } from "vitest";
import type { Graph } from "../../../src/ir/graph.ts";
import { metricsOf } from "../../../src/train/metrics/resolve-metrics.ts";
import { startOf } from "../runs.ts";

/** Four samples of six classes; the numbers below are those of Keras 3.15 and tf.keras 2.15. */
const OUTPUT = Float32Array.from(
  [
    [0.1, 0.6, 0.05, 0.05, 0.1, 0.1],
    [0.2, 0.2, 0.1, 0.3, 0.1, 0.1],
    [0.05, 0.15, 0.2, 0.2, 0.2, 0.2],
    [0.5, 0.1, 0.1, 0.1, 0.1, 0.1],
  ].flat(),
);
const LABELS = Float32Array.of(1, 0, 0, 5);
const ONE_HOT = Float32Array.from(LABELS).reduce((rows, label, row) => {
  rows[row * 6 + label] = 1;
  return rows;
}, new Float32Array(24));

/** A model with six outputs, saved by a version of Keras with a loss. */
function model(version: string, loss = "categorical_crossentropy", classes = 6): Graph {
  const graph = startOf("training", "sgd");
  const { training } = graph;
  const [{ value } = { value: "" }] = graph.outputs;
  return {
    ...graph,
    types: new Map([...graph.types, [value, { dtype: "float32", shape: [null, classes] }]]),
    source: { ...graph.source, version },
    ...(training === undefined ? {} : { training: { ...training, losses: [loss] } }),
  };
}

function measured(graph: Graph, name: string, target: Float32Array): number {
  const [metric] = metricsOf(graph, [name]).metrics;
  return metric?.value(metric.sums(OUTPUT, target)) ?? Number.NaN;
}

describe("metrics", () => {
  it.each([
    ["categorical_accuracy", 0.25],
    ["accuracy", 0.25],
    ["binary_accuracy", 0.8749999403953552],
    ["top_k_categorical_accuracy", 0.75],
    ["mean_squared_error", 0.13249999284744263],
    ["mae", 0.2541666626930237],
    ["mean_absolute_percentage_error", 127083344],
    ["msle", 0.0665799006819725],
    ["categorical_crossentropy", 1.8546452522277832],
    ["ce", 1.8546452522277832],
    ["binary_crossentropy", 0.4542843699455261],
  ])("%s is what Keras measures", (name, expected) => {
    // Numbers alone: behind a softmax Keras would take the logits instead.
    const graph = { ...model("2.15.0"), nodes: [] };
    expect(measured(graph, name, ONE_HOT) / expected).toBeCloseTo(1, 5);
  });

  it("are not those of logits, which an output does not tell", () => {
    expect(metricsOf(model("2.15.0"), ["binary_crossentropy"]).unknown).toHaveLength(1);
  });

  it.each([
    ["accuracy", 0.25],
    ["sparse_top_k_categorical_accuracy", 0.75],
    ["crossentropy", 1.8546451330184937],
  ])("%s of class numbers is what Keras measures", (name, expected) => {
    const graph = model("2.15.0", "sparse_categorical_crossentropy");
    expect(measured(graph, name, LABELS)).toBeCloseTo(expected, 6);
  });

  it("are called as stand-alone Keras up to 2.2 calls them", () => {
    const { metrics } = metricsOf(model("2.2.4"), ["accuracy", "mse", "ce"]);
    expect(metrics.map(({ name }) => name)).toEqual(["acc", "mean_squared_error", "ce"]);
  });

  it.each(["2.3.1", "2.15.0", "3.15.1"])("are called as they were typed in Keras %s", (version) => {
    const { metrics } = metricsOf(model(version), ["accuracy", "acc", "mse"]);
    expect(metrics.map(({ name }) => name)).toEqual(["accuracy", "acc", "mse"]);
  });

  it("take the accuracy of several sigmoids by the loss in stand-alone Keras and by the shape later", () => {
    const [before, later] = ["2.2.4", "2.15.0"].map((version) =>
      measured(model(version, "binary_crossentropy"), "accuracy", ONE_HOT),
    );
    expect(before).toBeCloseTo(0.875, 6);
    expect(later).toBe(0.25);
  });

  // Signs as targets, as hinge wants them; 5/6 is `binary_accuracy` of Keras 2.2.4, 1/2 that of tf.keras 2.15.
  it.each([
    ["2.2.4", "accuracy", 5 / 6],
    ["2.3.1", "binary_accuracy", 5 / 6],
    ["2.15.0", "binary_accuracy", 1 / 2],
  ])("round numbers to be compared with theirs in Keras %s: %s", (version, name, expected) => {
    const [metric] = metricsOf(model(version, "binary_crossentropy", 3), [name]).metrics;
    const output = Float32Array.of(-0.7, 0.2, 1.6, 0.5, 2.5, -1.2);
    const target = Float32Array.of(-1, 0, 1, 0, 2, -1);
    expect(metric?.value(metric.sums(output, target))).toBeCloseTo(expected, 6);
  });

  it("name those that are not known", () => {
    expect(metricsOf(model("2.15.0"), ["accuracy", "f1"]).unknown).toEqual(["f1"]);
  });
});
