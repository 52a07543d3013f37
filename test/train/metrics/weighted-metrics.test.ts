import { describe, expect, it } from "vitest";
import type { Graph, MetricsSetup } from "../../../src/ir/graph.ts";
import { createAverages } from "../../../src/train/metrics/averages.ts";
import { metricsOf } from "../../../src/train/metrics/resolve-metrics.ts";
import { startOf } from "../runs.ts";

const X = [
  [1, 0],
  [0, 1],
  [1, 1],
  [0.5, -1],
  [2, 1],
  [-1, 0],
];
const CLASSES = [0, 1, 2, 0, 1, 2];
const WEIGHTS = [1, 2, 0.5, 0, 3, 1];
const KERNEL = [
  [0.5, -0.2, 0.1],
  [0.3, 0.4, -0.6],
];
const BIAS = [0.1, 0, -0.1];

/** softmax(x · kernel + bias), for kernels as they are or with their rows exchanged. */
function outputs(kernel: readonly (readonly number[])[]): readonly number[][] {
  return X.map(([a = 0, b = 0]) => {
    const powers = BIAS.map((bias, i) =>
      Math.exp(a * (kernel[0]?.[i] ?? 0) + b * (kernel[1]?.[i] ?? 0) + bias),
    );
    const sum = powers.reduce((all, one) => all + one, 0);
    return powers.map((power) => power / sum);
  });
}

const OUTPUTS = [outputs(KERNEL), outputs([...KERNEL].reverse())];

function model(version: string, ends: number, setup: MetricsSetup): Graph {
  const graph = startOf("training", "sgd");
  const [{ value } = { value: "" }] = graph.outputs;
  const { metrics, ...weighted } = setup;
  return {
    ...graph,
    outputs: ["a", "b"].slice(0, ends).map((name) => ({ name, value })),
    types: new Map([...graph.types, [value, { dtype: "float32", shape: [null, 3] }]]),
    source: { ...graph.source, version },
    training: {
      losses: ["categorical_crossentropy"],
      metrics: ends > 1 ? [] : metrics,
      weightedMetrics: { metrics, ...weighted },
      optimizer: { name: "sgd", config: {} },
    },
  };
}

/** What is measured over a batch of four and one of two samples. */
function measured(graph: Graph, weights: readonly number[] = WEIGHTS) {
  const { version } = graph.source;
  const averages = createAverages({ metrics: metricsOf(graph).metrics, version });
  for (const [start, end] of [
    [0, 4],
    [4, 6],
  ] as const) {
    const target = CLASSES.slice(start, end).flatMap((one) => [0, 1, 2].map((i) => +(i === one)));
    averages.add({
      samples: end - start,
      loss: 0,
      outputs: OUTPUTS.map((rows) => Float32Array.from(rows.slice(start, end).flat())),
      targets: OUTPUTS.map(() => Float32Array.from(target)),
      ...(weights.length === 0 ? {} : { weights: Float32Array.from(weights.slice(start, end)) }),
    });
  }
  const { loss: _, ...means } = averages.means();
  return means;
}

function close(expected: Readonly<Record<string, number>>) {
  const entries = Object.entries(expected);
  return Object.fromEntries(entries.map(([name, value]) => [name, expect.closeTo(value, 6)]));
}

const MANY = { metrics: ["mae", "acc", "top_k_categorical_accuracy"] };

// Numbers of `model.evaluate(x, y, sample_weight=…, batch_size=4)`.
describe("metrics that go by the weights of samples", () => {
  it("are those of Keras 2.2.4, which divides by the samples that count", () => {
    expect(measured(model("2.2.4", 1, MANY))).toEqual(
      close({
        mean_absolute_error: 0.4613809585571289,
        acc: 0.16666666666666666,
        top_k_categorical_accuracy: 1,
        weighted_mean_absolute_error: 0.6597622036933899,
        weighted_acc: 0.22222222884496054,
        weighted_top_k_categorical_accuracy: 1.4444444179534912,
      }),
    );
  });

  it.each(["2.15.0", "3.15.1"])("are those of Keras %s, weighted means", (version) => {
    expect(measured(model(version, 1, MANY))).toEqual(
      close({
        mae: 0.4613809585571289,
        acc: 0.1666666716337204,
        top_k_categorical_accuracy: 1,
        weighted_mae: 0.4662586748600006,
        weighted_acc: 0.13333334028720856,
        weighted_top_k_categorical_accuracy: 1,
      }),
    );
  });

  it.each([
    ["precision", {}, 0.2222222238779068],
    ["recall", {}, 0.13333334028720856],
    ["auc", { num_thresholds: 20 }, 0.4933333396911621],
    ["root_mean_squared_error", {}, 0.5326950550079346],
    ["true_positives", {}, 1],
    ["f1_score", { average: "macro" }, 0.25555554032325745],
    ["r2_score", {}, -0.796534538269043],
    ["one_hot_mean_io_u", { num_classes: 3 }, 0.0555555559694767],
    ["categorical_crossentropy", {}, 1.3074400424957275],
  ])("are those of Keras 3: %s %j", (kind, config, expected) => {
    const setup = { metrics: ["own"], metricSettings: [{ name: "own", kind, config }] };
    expect(measured(model("3.15.1", 1, setup)).own).toBeCloseTo(expected, 5);
  });

  it("sum parts of intersections in tf.keras", () => {
    const settings = { name: "own", kind: "one_hot_mean_io_u", config: { num_classes: 3 } };
    const setup = { metrics: ["own"], metricSettings: [settings] };
    expect(measured(model("2.15.0", 1, setup)).own).toBeCloseTo(0.05128205195069313, 6);
  });

  it("are of each output its own, between its others", () => {
    const metricsByOutput = [["accuracy"], ["mae"]];
    const setup = { metrics: ["accuracy", "mae"], metricsByOutput };
    const early = {
      a_weighted_acc: 0.22222222884496054,
      b_weighted_mean_absolute_error: 0.6532564560572306,
    };
    expect(measured(model("2.2.4", 2, setup))).toEqual(close(early));
    const later = { a_accuracy: 0.13333334028720856, b_mae: 0.44685041904449463 };
    expect(measured(model("3.15.1", 2, setup))).toEqual(close(later));
    const named = {
      metrics: ["a_accuracy", "b_mae"],
      metricsByOutput: [["a_accuracy"], ["b_mae"]],
    };
    expect(measured(model("2.15.0", 2, named))).toEqual(close(later));
  });

  it("are as the others where samples have no weights", () => {
    const { mae, weighted_mae: weighted } = measured(model("2.15.0", 1, MANY), []);
    expect(weighted).toBe(mae);
  });

  it("have numbers in the generations between, where a name is taken", () => {
    const names = (version: string) =>
      Object.keys(measured(model(version, 1, { metrics: ["mae"] })));
    expect(names("2.3.1")).toEqual(["mae", "mae_1"]);
    expect(names("2.2.4-tf")).toEqual(["mae", "mae_1"]);
    expect(names("2.4.0")).toEqual(["mae", "weighted_mae"]);
  });
});
