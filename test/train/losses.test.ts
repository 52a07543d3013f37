import { describe, expect, it } from "vitest";
import { type Judged, type LossWay, lossOf } from "../../src/train/losses.ts";

const factors = Float32Array.of(0.5, 2);
const probabilities = Float32Array.of(0.7, 0.2, 0.1, 0.15, 0.25, 0.6);
const targets = Float32Array.of(1, 0, 0, 0, 0.5, 0.5);

const way = (name: string, more: Partial<LossWay> = {}): LossWay => ({
  name,
  clipping: "clip",
  fromLogits: false,
  labelSmoothing: 0,
  ...more,
});

describe("the slopes of a loss", () => {
  it.each([
    way("categorical_crossentropy"),
    way("categorical_crossentropy", { labelSmoothing: 0.2 }),
    way("categorical_crossentropy", { fromLogits: true }),
    way("sparse_categorical_crossentropy"),
    way("binary_crossentropy"),
    way("binary_crossentropy", { fromLogits: true, labelSmoothing: 0.1 }),
    way("mean_squared_error"),
    way("mean_absolute_error"),
  ])("are its differences: %j", (one) => {
    const target = one.name.startsWith("sparse") ? Float32Array.of(0, 2) : targets;
    const judged: Judged = { output: probabilities, target, classes: 3, factors };
    const { gradient, at } = lossOf(one, judged);
    expect(at).toBe("output");
    gradient.forEach((slope, i) => {
      const step = 2 ** -9;
      const moved = (by: number): number =>
        lossOf(one, { ...judged, output: probabilities.with(i, (probabilities[i] ?? 0) + by) })
          .value;
      expect(slope).toBeCloseTo((moved(step) - moved(-step)) / (2 * step), 2);
    });
  });

  it("are those before the softmax where Keras looks through it, however small a probability", () => {
    const judged = {
      output: Float32Array.of(1, 0, 0),
      target: Float32Array.of(0, 1, 0),
      classes: 3,
      factors: Float32Array.of(1),
    };
    const { gradient, at } = lossOf(
      way("categorical_crossentropy", { clipping: "before" }),
      judged,
    );
    expect([at, ...gradient]).toEqual(["before", 1, -1, 0]);
  });

  it("vanish where the probability was clipped", () => {
    const judged = {
      output: Float32Array.of(1, 0, 0),
      target: Float32Array.of(0, 1, 0),
      classes: 3,
      factors: Float32Array.of(1),
    };
    const { gradient, value } = lossOf(way("categorical_crossentropy"), judged);
    expect([...gradient].map(Math.abs)).toEqual([0, 0, 0]);
    expect(value).toBeCloseTo(-Math.log(1e-7), 5);
  });
});

describe("a loss", () => {
  it("refuses a class that the model does not have", () => {
    const target = Float32Array.of(0, 3);
    const judged = { output: probabilities, target, classes: 3, factors };
    expect(() => lossOf(way("sparse_categorical_crossentropy"), judged)).toThrow(
      "A label is 3, expected a class from 0 to 2.",
    );
  });

  it("refuses a name that is not known", () => {
    const judged = { output: probabilities, target: targets, classes: 3, factors };
    expect(() => lossOf(way("hinge"), judged)).toThrow(
      'The loss "hinge" cannot be trained with here.',
    );
  });
});
