import { describe, expect, it } from "vitest";
import { classScores } from "../../src/evaluate/class-scores.ts";
import { classificationReport, toFixed } from "../../src/evaluate/classification-report.ts";

describe("toFixed", () => {
  it.each([
    // Python: "%.2f" % value
    [0.125, 2, "0.12"],
    [0.375, 2, "0.38"],
    [0.625, 2, "0.62"],
    [0.875, 2, "0.88"],
    [0.005, 2, "0.01"],
    [0.015, 2, "0.01"],
    [0.5, 0, "0"],
    [0.0625, 3, "0.062"],
    [1, 2, "1.00"],
    [2 / 3, 4, "0.6667"],
  ])("writes %d with %d digits as Python does", (value, digits, text) => {
    expect(toFixed(value, digits)).toBe(text);
  });
});

describe("classificationReport", () => {
  it("makes room for long names and for characters beyond the first plane", () => {
    const names = ["a name that is long", "\u{1F951}"];
    const text = classificationReport(
      names,
      classScores([
        [1, 0],
        [1, 0],
      ]),
    );
    // classification_report([0, 1], [0, 0], target_names=names, zero_division=0)
    expect(text.split("\n").slice(2, 4)).toEqual([
      "a name that is long       0.50      1.00      0.67         1",
      "                  \u{1F951}       0.00      0.00      0.00         1",
    ]);
  });

  it("counts in floating point without a single hit, as scikit-learn does", () => {
    const text = classificationReport(
      ["a", "b"],
      classScores([
        [0, 1],
        [2, 0],
      ]),
    );
    expect(text).toContain("           a       0.00      0.00      0.00       1.0\n");
  });

  it("counts what divides by zero as one where asked to", () => {
    const { perClass } = classScores(
      [
        [1, 0],
        [0, 0],
      ],
      1,
    );
    expect(perClass[1]).toEqual({ precision: 1, recall: 1, f1: 1, support: 0 });
  });
});
