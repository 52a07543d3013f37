import { describe, expect, it } from "vitest";
import { mostConfused } from "../../src/evaluate/confusion.ts";
import { worstMistakes } from "../../src/evaluate/mistakes.ts";

describe("worstMistakes", () => {
  it("lists the mistakes the model was most sure of", () => {
    const scored = {
      classes: ["a", "b", "c"],
      truth: [0, 1, 2, 0],
      scores: [0.1, 0.9, 0, 0.2, 0.8, 0, 0.3, 0.6, 0.1, 0.05, 0.9, 0.05],
    };
    expect(worstMistakes(scored).map(({ sample, predicted }) => [sample, predicted])).toEqual([
      [3, 1],
      [0, 1],
      [2, 1],
    ]);
    expect(worstMistakes(scored, 1)).toEqual([
      { sample: 3, truth: 0, predicted: 1, confidence: 0.9, ofTruth: 0.05 },
    ]);
  });
});

describe("mostConfused", () => {
  it("sorts pairs by count, then by share, and leaves the diagonal out", () => {
    const pairs = mostConfused([
      [5, 2, 0],
      [2, 1, 1],
      [0, 0, 9],
    ]);
    expect(
      pairs.map(({ truth, predicted, count, share }) => [truth, predicted, count, share]),
    ).toEqual([
      [1, 0, 2, 0.5],
      [0, 1, 2, 2 / 7],
      [1, 2, 1, 0.25],
    ]);
  });
});
