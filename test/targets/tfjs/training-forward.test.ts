import "@tensorflow/tfjs-backend-cpu";
import { ones, setBackend, tensor, zeros } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { NoiseOp } from "../../../src/ir/ops/noise.ts";
import { noiseNumbers, noiseTraining } from "../../../src/targets/tfjs/training-forward.ts";
import { dropoutNumbers } from "../../../src/train/dropout-numbers.ts";

const COUNT = 40_000;
const uniform = noiseNumbers(dropoutNumbers(1)(0));

function noise(facts: Omit<NoiseOp, "kind" | "weights">, x = ones([COUNT])) {
  const { outputs, saved } = noiseTraining({ kind: "noise", ...facts, weights: {} }, [x], uniform);
  const [values = new Float32Array(0)] = outputs.map((one) => Float32Array.from(one.dataSync()));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    values,
    mean,
    deviation: Math.sqrt(squares / values.length),
    factors: saved.map((one) => Float32Array.from(one.dataSync())),
  };
}

describe("noise while training", () => {
  beforeAll(async () => {
    await setBackend("cpu");
  });

  it("adds normal numbers, through which the gradient goes as it is", () => {
    const { mean, deviation, factors } = noise({ fn: "gaussianNoise", stddev: 0.5 });
    expect([mean, deviation]).toEqual([expect.closeTo(1, 1), expect.closeTo(0.5, 1)]);
    expect(factors).toEqual([]);
  });

  it("multiplies by normal numbers of mean 1, and the gradient as well", () => {
    const { values, mean, deviation, factors } = noise({ fn: "gaussianDropout", rate: 0.2 });
    // sqrt(rate / (1 - rate))
    expect([mean, deviation]).toEqual([expect.closeTo(1, 1), expect.closeTo(0.5, 1)]);
    expect(factors).toEqual([values]);
  });

  it("drops to where selu ends, so that mean and deviation stay", () => {
    const normal = tensor(noise({ fn: "gaussianNoise", stddev: 1 }, zeros([COUNT])).values);
    const { mean, deviation } = noise({ fn: "alphaDropout", rate: 0.3 }, normal);
    expect([mean, deviation]).toEqual([expect.closeTo(0, 1), expect.closeTo(1, 1)]);
    // Keras' own words for one number: a * alpha' + b, and a * 1 + b.
    const alpha = -1.7580993408473766;
    const a = (0.7 * (1 + 0.3 * alpha ** 2)) ** -0.5;
    const { values, factors } = noise({ fn: "alphaDropout", rate: 0.3 });
    const [low, high] = [a * alpha * 0.7, a - a * alpha * 0.3].map(Math.fround);
    expect([...new Set(values)].sort((x, y) => x - y)).toEqual([
      expect.closeTo(low ?? 0, 6),
      expect.closeTo(high ?? 0, 6),
    ]);
    expect([...new Set(factors[0])].sort((x, y) => x - y)).toEqual([0, Math.fround(a)]);
  });

  it("drops whole slices where dropout shares axes", () => {
    const { values } = noise({ fn: "dropout", rate: 0.5, sharedAxes: [1] }, ones([100, 4]));
    for (let row = 0; row < 100; row++) {
      expect(new Set(values.subarray(4 * row, 4 * row + 4)).size).toBe(1);
    }
    expect(new Set(values)).toEqual(new Set([0, 2]));
  });

  it("refuses what changes pictures within the model", () => {
    expect(() => noise({ fn: "augmentation" })).toThrow("random changes within the model");
  });
});
