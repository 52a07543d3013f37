import { describe, expect, it } from "vitest";
import type { RowLossOptions } from "../../../src/evaluate/row-losses/row-loss.ts";
import { rowLoss, rowLossNames } from "../../../src/evaluate/row-losses/row-losses.ts";

const SHARES = [0.7, 0.2, 0.05, 0.05];
const WIDE = [1.3, -0.4, 0.2, 2.1];
const ONE_HOT = [0, 1, 0, 0];
const SOFT = [0.3, 0.4, 0.1, 0.2];
const SIZES = [0.8, -1.5, 0.6, 0.9];

const CASES: readonly (readonly [name: string, row: number[], target: number[], RowLossOptions])[] =
  [
    ["mean_squared_error", WIDE, SIZES, {}],
    ["mean_absolute_error", WIDE, SIZES, {}],
    ["mean_absolute_percentage_error", WIDE, SIZES, {}],
    ["mean_squared_logarithmic_error", WIDE, SIZES, {}],
    ["log_cosh", WIDE, SIZES, {}],
    ["huber", WIDE, SIZES, {}],
    ["huber", WIDE, SIZES, { numbers: { delta: 0.3 } }],
    ["cosine_similarity", WIDE, SIZES, {}],
    ["cosine_similarity", WIDE, SIZES, { cosine: "mean" }],
    ["cosine_similarity", [1e-7, 0, 2e-7, 0], SIZES, {}],
    ["hinge", WIDE, [1, -1, 1, -1], {}],
    ["squared_hinge", WIDE, [1, -1, 1, -1], {}],
    ["categorical_hinge", WIDE, ONE_HOT, {}],
    ["kl_divergence", SHARES, SOFT, {}],
    ["poisson", SHARES, SOFT, {}],
    ["categorical_crossentropy", SHARES, SOFT, {}],
    ["categorical_crossentropy", [0.9, 0.4, 0.3, 0.2], SOFT, {}],
    ["categorical_crossentropy", WIDE, SOFT, { fromLogits: true }],
    ["sparse_categorical_crossentropy", [0.9, 0.4, 0.3, 0.2], ONE_HOT, {}],
    ["sparse_categorical_crossentropy", WIDE, ONE_HOT, { fromLogits: true }],
    ["binary_crossentropy", SHARES, [1, 0, 0.1, 0.9], {}],
    ["binary_crossentropy", SHARES, [1, 0, 0.1, 0.9], { clipping: "twice" }],
    ["binary_crossentropy", WIDE, [1, 0, 0.1, 0.9], { fromLogits: true }],
    ["binary_focal_crossentropy", SHARES, [1, 0, 0.1, 0.9], {}],
    [
      "binary_focal_crossentropy",
      SHARES,
      [1, 0, 0, 1],
      { numbers: { gamma: 1.5, alpha: 0.3 }, classBalancing: true },
    ],
    ["binary_focal_crossentropy", SHARES, [1, 0, 0, 1], { numbers: { gamma: 0 } }],
    ["binary_focal_crossentropy", WIDE, [1, 0, 0.1, 0.9], { fromLogits: true }],
    ["categorical_focal_crossentropy", [0.9, 0.4, 0.3, 0.2], SOFT, {}],
    [
      "categorical_focal_crossentropy",
      SHARES,
      SOFT,
      { alphas: [0.1, 0.4, 0.2, 0.3], numbers: { gamma: 3 } },
    ],
    ["categorical_focal_crossentropy", WIDE, SOFT, { fromLogits: true }],
    ["categorical_generalized_cross_entropy", SHARES, ONE_HOT, { numbers: { q: 0.7 } }],
    ["dice", SHARES, [1, 0, 1, 0], {}],
    ["tversky", SHARES, [1, 0, 1, 0], { numbers: { alpha: 0.3, beta: 0.8 } }],
  ];

/** The slopes of a loss by differences in double precision. */
function differences(of: (row: number[]) => number, row: number[], step: number): number[] {
  return row.map((value, i) => {
    const moved = (by: number): number => of(row.with(i, value + by));
    return (moved(step) - moved(-step)) / (2 * step);
  });
}

describe("the slopes of a loss", () => {
  it.each(CASES)("%s at %j for %j with %j are its differences", (name, row, target, options) => {
    const loss = rowLoss(name, options);
    const slopes = new Float64Array(row.length);
    loss?.(row, target, slopes);
    const step = Math.max(...row) < 1e-3 ? 1e-12 : 1e-5;
    const expected = differences((moved) => loss?.(moved, target) ?? Number.NaN, row, step);
    slopes.forEach((slope, i) => {
      const wanted = expected[i] ?? Number.NaN;
      expect(Math.abs(slope - wanted)).toBeLessThan(1e-6 * Math.max(1, Math.abs(wanted)));
    });
  });

  it("are those before a sigmoid where Keras looks through it", () => {
    const logits = [1.5, -0.5];
    const target = [0, 1];
    const loss = rowLoss("binary_focal_crossentropy", { through: true });
    const sigmoids = (row: number[]): number[] => row.map((x) => 1 / (1 + Math.exp(-x)));
    const slopes = new Float64Array(2);
    loss?.(sigmoids(logits), target, slopes);
    const expected = differences((row) => loss?.(sigmoids(row), target) ?? 0, logits, 1e-5);
    expect(slopes[0]).toBeCloseTo(expected[0] ?? 0, 8);
    expect(slopes[1]).toBeCloseTo(expected[1] ?? 0, 8);
  });

  it("are known for every loss", () => {
    expect(new Set(CASES.map(([name]) => name))).toEqual(new Set(rowLossNames()));
  });

  it("are shared by equals among the wrong classes of a categorical hinge", () => {
    const slopes = new Float64Array(4);
    rowLoss("categorical_hinge")?.([0.5, 0.2, 0.5, 0.1], ONE_HOT, slopes);
    expect([...slopes]).toEqual([0.5, -1, 0.5, 0]);
  });

  it("of a categorical hinge of exactly 0 are flat in stand-alone Keras only", () => {
    const [steep, flat] = (["steep", "flat"] as const).map((atZero) => {
      const slopes = new Float64Array(2);
      rowLoss("categorical_hinge", { atZero })?.([0, 1], [0, 1], slopes);
      return [...slopes];
    });
    expect(steep).toEqual([0.5, -1]);
    expect(flat).toEqual([0, 0]);
  });
});

describe("a loss by its names", () => {
  it.each([
    ["MSE", "mean_squared_error"],
    ["logcosh", "log_cosh"],
    ["KLD", "kullback_leibler_divergence"],
    ["cosine_proximity", "cosine_similarity"],
    ["huber_loss", "huber"],
    ["bce", "binary_crossentropy"],
  ])("%s is %s", (short, long) => {
    const value = rowLoss(short)?.(SHARES, SOFT);
    expect(value).toBeDefined();
    expect(value).toBe(rowLoss(long)?.(SHARES, SOFT));
  });

  it("is undefined for what is no loss", () => {
    expect(rowLoss("circle")).toBeUndefined();
  });
});
