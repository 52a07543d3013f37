import { describe, expect, test } from "vitest";
import type { Op } from "../../../src/ir/ops/index.ts";
import { shapesOf, weight } from "./infer.ts";

describe("normalisation", () => {
  const vector = weight(4);

  test("needs one number per channel", () => {
    const norm: Op = {
      kind: "batchNorm",
      axis: 1,
      epsilon: 1e-3,
      momentum: 0.99,
      weights: { gamma: vector, mean: vector, variance: vector },
    };
    expect(shapesOf(norm, [null, 4, 7])).toEqual([[null, 4, 7]]);
    expect(() => shapesOf(norm, [null, 7, 4])).toThrow("gamma has shape (4,), expected (7,).");
  });

  test("constants broadcast but never enlarge", () => {
    const affine: Op = { kind: "affine", weights: { scale: weight(4, 1) } };
    expect(shapesOf(affine, [null, 4, 7])).toEqual([[null, 4, 7]]);
    expect(() => shapesOf(affine, [null, 1, 7])).toThrow(
      "scale has shape (4, 1), which does not broadcast to the input (null, 1, 7).",
    );
  });

  test("layer norm has the shape of its axes, in order", () => {
    const norm: Op = {
      kind: "layerNorm",
      axes: [3, 1],
      epsilon: 1e-3,
      rms: false,
      weights: { gamma: weight(2, 5) },
    };
    expect(shapesOf(norm, [null, 2, 3, 5])).toEqual([[null, 2, 3, 5]]);
    expect(() => shapesOf(norm, [null, 5, 3, 2])).toThrow(
      "gamma has shape (2, 5), expected (5, 2).",
    );
  });

  test("groups divide the channels", () => {
    const norm: Op = { kind: "groupNorm", groups: 3, axis: 2, epsilon: 1e-3, weights: {} };
    expect(() => shapesOf(norm, [null, 7, 4])).toThrow("4 channels do not divide into 3 groups.");
  });
});
