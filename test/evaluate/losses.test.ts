import { describe, expect, it } from "vitest";
import {
  binaryCrossEntropy,
  brierScore,
  categoricalCrossEntropy,
  meanAbsoluteError,
  meanSquaredError,
  sparseCategoricalCrossEntropy,
} from "../../src/evaluate/losses.ts";
import { scoresOfSigmoid } from "../../src/evaluate/scored.ts";

const classes = ["a", "b", "c"];
const truth = [0, 2, 1];
const scores = [0.7, 0.2, 0.1, 0.1, 0.3, 0.6, 1, 0, 0];

describe("losses", () => {
  it("clip what is certain and wrong at 1e-7, as Keras does", () => {
    // By hand from the formula of Keras 2.2.4, see losses.ts; Keras was not run for it.
    const expected = (-Math.log(0.7) - Math.log(0.6) - Math.log(1e-7)) / 3;
    expect(categoricalCrossEntropy({ classes, truth, scores })).toBeCloseTo(expected, 6);
  });

  it("divide rows by their sums", () => {
    const doubled = scores.map((score) => score * 2);
    const [plain, twice] = [scores, doubled].map((rows) =>
      categoricalCrossEntropy({ classes, truth, scores: rows }),
    );
    expect(twice).toBeCloseTo(plain ?? Number.NaN, 12);
  });

  it("add the penalties of the weights", () => {
    const scored = { classes, truth, scores };
    const penalty = 0.25;
    expect(categoricalCrossEntropy(scored, { penalty }) - categoricalCrossEntropy(scored)).toBe(
      0.25,
    );
  });

  it("see nothing clipped where Keras looks through the softmax", () => {
    const small = [1e-20, 1, 0];
    const loss = categoricalCrossEntropy(
      { classes, truth: [0], scores: small },
      { clipping: "logits" },
    );
    expect(loss).toBeCloseTo(20 * Math.LN10, 10);
  });

  it("take logits where probabilities have lost them to rounding", () => {
    const one = { classes: ["a", "b"], truth: [1], scores: [1, 0] };
    const logits = [200, -100];
    const options = { clipping: "logits", logits } as const;
    expect(categoricalCrossEntropy(one, options)).toBe(300);
    expect(sparseCategoricalCrossEntropy(one, options)).toBe(300);
    // A sigmoid of 20 is 1 in float32, and so were its loss that of 1e-45.
    expect(binaryCrossEntropy([0], [1], { clipping: "logits", logits: [20] })).toBeCloseTo(20, 8);
  });

  it("add 1e-7 to a clipped sigmoid as tf.keras 2 does", () => {
    // tf.keras 2.15 behind a Reshape, certain and wrong: -log(float32(1 + 1e-7) - float32(1 - 1e-7)) = 15.249
    const wrong = binaryCrossEntropy([0], [1], { clipping: "clip-twice" });
    expect(wrong).toBeCloseTo(15.2492, 4);
    expect(binaryCrossEntropy([1], [0], { clipping: "clip-twice" })).toBeCloseTo(15.4249, 4);
  });

  it("take absolute differences", () => {
    expect(meanAbsoluteError([1, 0], [0.75, 0.5], { penalty: 1 })).toBe(1.375);
  });

  it("clip before dividing in the sparse loss", () => {
    const scored = { classes, truth: [1], scores: [1, 0, 0] };
    const most = 1 - Math.fround(1e-7);
    const expected = Math.log(most + 2e-7) - Math.log(1e-7);
    expect(sparseCategoricalCrossEntropy(scored)).toBeCloseTo(expected, 6);
  });

  it("average binary losses over all outputs", () => {
    const expected = -(Math.log(0.9) + Math.log(1 - 0.2) + Math.log(0.6) + Math.log(1e-7)) / 4;
    expect(binaryCrossEntropy([1, 0, 1, 1], [0.9, 0.2, 0.6, 0])).toBeCloseTo(expected, 6);
  });

  it("square differences", () => {
    expect(meanSquaredError([1, 0, 0, 1], [0.5, 0, 1, 1])).toBe(1.25 / 4);
  });

  it("halve Brier's score for two classes, as scikit-learn does", () => {
    // brier_score_loss([1, 0], [0.9, 0.3]) is 0.05
    const scored = { classes: ["no", "yes"], truth: [1, 0], scores: scoresOfSigmoid([0.9, 0.3]) };
    expect(brierScore(scored)).toBeCloseTo(0.05, 12);
  });
});
