import { describe, expect, it } from "vitest";
import { batchMeasure } from "../../../src/train/metrics/batch-measures.ts";
import { metricsOf } from "../../../src/train/metrics/resolve-metrics.ts";
import { startOf } from "../runs.ts";

/** Two batches; the numbers below are those of Keras 1.2.2. */
const FIRST = [
  [0.1, 0.6, 0.05, 0.05, 0.1, 0.1],
  [0.2, 0.2, 0.1, 0.3, 0.1, 0.1],
  [0.05, 0.15, 0.2, 0.2, 0.2, 0.2],
  [0.5, 0.1, 0.1, 0.1, 0.1, 0.1],
].flat();
const SECOND = FIRST.with(7, 0.7).with(9, 0.8).with(12, 0.75);
const TARGET = new Float32Array(24).fill(0).with(1, 1).with(6, 1).with(12, 1).with(23, 1);

describe("metrics of Keras 1", () => {
  it.each([
    ["precision", 0.9999998807907104, 0.5],
    ["recall", 0.25, 0.5],
    ["fmeasure", 0.3999999463558197, 0.4999999403953552],
    ["matthews_correlation", 0.4662523865699768, 0.4000000059604645],
  ])("%s is what Keras has for each batch, and the mean of both", (name, first, second) => {
    const measure = batchMeasure(name);
    const [a = [], b = []] = [FIRST, SECOND].map((output) =>
      measure?.sums({ output: Float32Array.from(output), target: TARGET, classes: 6 }),
    );
    expect(measure?.value(a)).toBeCloseTo(first, 6);
    expect(measure?.value(b)).toBeCloseTo(second, 6);
    const sums = a.map((value, index) => value + (b[index] ?? 0));
    expect(measure?.value(sums)).toBeCloseTo((first + second) / 2, 6);
  });

  it("are those of its files only", () => {
    const graph = startOf("training", "sgd");
    const [early, later] = ["1.2.2", "2.15.0"].map((version) => {
      const source = { ...graph.source, version };
      const [metric] = metricsOf({ ...graph, source }, ["recall"]).metrics;
      return metric?.sums(new Float32Array(8), new Float32Array(8)).length;
    });
    expect(early).toBe(2);
    expect(later).not.toBe(2);
  });
});
