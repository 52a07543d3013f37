import { describe, expect, it } from "vitest";
import { calibrationOf } from "../../src/evaluate/calibration.ts";

describe("calibrationOf", () => {
  const classes = ["a", "b"];

  it("compares confidence and accuracy bin by bin", () => {
    const scores = [0.9, 0.1, 0.8, 0.2, 0.6, 0.4, 0.45, 0.55];
    const { bins, expectedError, largestError, overconfidence } = calibrationOf(
      { classes, truth: [0, 1, 0, 1], scores },
      5,
    );
    // (0.4, 0.6]: 0.6 and 0.55, both right; (0.6, 0.8]: 0.8, wrong; (0.8, 1]: 0.9, right.
    expect(bins.map(({ count }) => count)).toEqual([0, 0, 2, 1, 1]);
    expect(bins[2]?.confidence).toBeCloseTo(0.575, 12);
    expect(bins.map(({ accuracy }) => accuracy)).toEqual([undefined, undefined, 1, 0, 1]);
    expect(expectedError).toBeCloseTo((2 * 0.425 + 0.8 + 0.1) / 4, 12);
    expect(largestError).toBeCloseTo(0.8, 12);
    expect(overconfidence).toBeCloseTo((0.575 * 2 + 0.8 + 0.9 - 3) / 4, 12);
  });

  it("puts a score beyond 1 into the last bin", () => {
    const { bins } = calibrationOf({ classes, truth: [0], scores: [3, 0] }, 4);
    expect(bins.map(({ count }) => count)).toEqual([0, 0, 0, 1]);
  });
});
