import { describe, expect, it } from "vitest";
import { type LossWay, lossWayOf, USUAL_SETTINGS } from "../../src/train/loss-way.ts";
import { lossOf } from "../../src/train/losses.ts";

const factors = Float32Array.of(0.5, 2);
const probabilities = Float32Array.of(0.7, 0.2, 0.1, 0.15, 0.25, 0.6);
const targets = Float32Array.of(1, 0, 0, 0, 0.5, 0.5);

const way = (name: string, more: Partial<LossWay> = {}): LossWay => ({
  ...lossWayOf(name, USUAL_SETTINGS, { version: "2.2.4", last: undefined }),
  ...more,
});

describe("the slopes of a loss", () => {
  it.each([
    way("categorical_crossentropy", { labelSmoothing: 0.2 }),
    way("sparse_categorical_crossentropy"),
    way("binary_crossentropy", { fromLogits: true, labelSmoothing: 0.1 }),
    way("categorical_focal_crossentropy", { labelSmoothing: 0.1 }),
  ])("are its differences over rows that count differently: %j", (one) => {
    const target = one.name.startsWith("sparse") ? Float32Array.of(0, 2) : targets;
    const output = Float64Array.from(probabilities);
    const judged = { output, target, classes: 3, factors };
    const { gradient, at } = lossOf(one, judged);
    expect(at).toBe("output");
    gradient.forEach((slope, i) => {
      const step = 1e-5;
      const moved = (by: number): number =>
        lossOf(one, { ...judged, output: output.with(i, (output[i] ?? 0) + by) }).value;
      const expected = (moved(step) - moved(-step)) / (2 * step);
      expect(Math.abs(slope - expected)).toBeLessThan(1e-6 * Math.max(1, Math.abs(expected)));
    });
  });

  it("are those before the softmax where Keras looks through it, however small a probability", () => {
    const judged = {
      output: Float32Array.of(1, 0, 0),
      target: Float32Array.of(0, 1, 0),
      classes: 3,
      factors: Float32Array.of(1),
    };
    const { gradient, at } = lossOf(way("categorical_crossentropy", { through: true }), judged);
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

  it("leaves out a class that is ignored", () => {
    const target = Float32Array.of(0, -1);
    const judged = { output: probabilities, target, classes: 3, factors };
    const own = way("sparse_categorical_crossentropy", { ignoreClass: -1 });
    const { value, gradient } = lossOf(own, judged);
    expect(value).toBeCloseTo(-0.5 * Math.log(0.7), 6);
    expect([...gradient.subarray(3)]).toEqual([0, 0, 0]);
  });

  it("of hinges goes by all targets of the batch: one of -1 leaves all as they are", () => {
    const [mixed, plain] = [-1, 0].map((last) => {
      const target = Float32Array.of(1, 0, 0, 1, 0, last);
      const own = way("hinge", { hinges: "from-0-and-1" });
      return lossOf(own, {
        output: probabilities,
        target,
        classes: 3,
        factors: Float32Array.of(1, 0),
      }).value;
    });
    expect(mixed).toBeCloseTo((0.3 + 1 + 1) / 3, 6);
    expect(plain).toBeCloseTo((0.3 + 1.2 + 1.1) / 3, 6);
  });

  it("refuses a name that is not known", () => {
    const judged = { output: probabilities, target: targets, classes: 3, factors };
    expect(() => lossOf({ ...way("mse"), name: "own" }, judged)).toThrow(
      'The loss "own" is not known, so it cannot be trained with.',
    );
  });
});
