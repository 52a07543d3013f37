import { describe, expect, it } from "vitest";
import { probabilitiesOf, warnOfScores } from "../../src/predict/probabilities.ts";

describe("probabilitiesOf", () => {
  it("leaves a softmax as it is", () => {
    expect([...probabilitiesOf([0.25, 0.75], 2, false)]).toEqual([0.25, 0.75]);
  });

  it("makes two of one sigmoid", () => {
    expect([...probabilitiesOf([0.75], 1, false)]).toEqual([0.25, 0.75]);
  });

  it("makes shares of logits, however large", () => {
    expect([...probabilitiesOf([1000, 1000, -1000], 3, true)]).toEqual([0.5, 0.5, 0]);
  });
});

describe("warnOfScores", () => {
  it("says when scores are no probabilities", () => {
    expect(warnOfScores([-0.63, 14.16])[0]?.text).toBe(
      "The model's scores are no probabilities: they go from -0.63 to 14.2. Percentages of them and the calibration mean nothing.",
    );
  });

  it("has nothing to say of probabilities that were rounded, and of none", () => {
    expect([warnOfScores([0, 1.0000001]), warnOfScores([])]).toEqual([[], []]);
  });
});
