import { describe, expect, test } from "vitest";
import type { Op } from "../../../src/ir/ops/index.ts";
import { shapesOf, weight } from "./infer.ts";

describe("merge", () => {
  const add: Op = { kind: "merge", fn: "add", weights: {} };

  test("broadcasts; a free axis takes the size of the other", () => {
    expect(shapesOf(add, [null, 3, 1], [null, 1, 4])).toEqual([[null, 3, 4]]);
    expect(shapesOf(add, [null, null, 4], [1, 1, 4])).toEqual([[null, null, 4]]);
    expect(shapesOf(add, [null, null], [null, 4])).toEqual([[null, 4]]);
  });

  test("refuses inputs that do not fit", () => {
    expect(() => shapesOf(add, [null, 3], [null, 4])).toThrow(
      "The inputs (null, 3) and (null, 4) do not fit each other.",
    );
    expect(() => shapesOf(add, [null, 3])).toThrow(
      "The layer takes two or more inputs, but got 1.",
    );
    const subtract: Op = { kind: "merge", fn: "subtract", weights: {} };
    expect(() => shapesOf(subtract, [1], [1], [1])).toThrow(
      "The layer takes two inputs, but got 3.",
    );
  });
});

describe("concat", () => {
  const concat: Op = { kind: "concat", axis: 2, weights: {} };

  test("adds up one axis", () => {
    expect(shapesOf(concat, [null, 3, 1], [null, null, 4])).toEqual([[null, 3, 5]]);
    expect(shapesOf(concat, [null, 3, 1], [null, 3, null])).toEqual([[null, 3, null]]);
  });

  test("refuses other axes that differ", () => {
    expect(() => shapesOf(concat, [null, 3, 1], [null, 2, 4])).toThrow(
      "The inputs (null, 3, 1) and (null, 2, 4) cannot be joined along axis 2.",
    );
  });
});

describe("pooling", () => {
  const pool: Op = {
    kind: "pool",
    fn: "max",
    poolSize: [2, 2],
    strides: [2, 2],
    padding: "valid",
    layout: "channels-last",
    weights: {},
  };
  const global: Op = {
    kind: "globalPool",
    fn: "average",
    keepDims: false,
    layout: "channels-first",
    masked: false,
    weights: {},
  };

  test("slides as a convolution does", () => {
    expect(shapesOf(pool, [null, 5, 4, 3])).toEqual([[null, 2, 2, 3]]);
    expect(shapesOf({ ...pool, padding: "same" }, [null, 5, null, 3])).toEqual([
      [null, 3, null, 3],
    ]);
  });

  test("reduces all spatial axes", () => {
    expect(shapesOf(global, [null, 3, null, 5])).toEqual([[null, 3]]);
    expect(shapesOf({ ...global, keepDims: true }, [null, 3, null, 5])).toEqual([[null, 3, 1, 1]]);
  });

  test("reduces named axes", () => {
    const reduce: Op = { kind: "reduce", fn: "sum", axes: [1, 3], keepDims: false, weights: {} };
    expect(shapesOf(reduce, [null, 2, 3, 4])).toEqual([[null, 3]]);
    expect(shapesOf({ ...reduce, keepDims: true }, [null, 2, 3, 4])).toEqual([[null, 1, 3, 1]]);
    expect(() => shapesOf({ ...reduce, axes: [1, 1] }, [null, 2])).toThrow("The axes 1, 1 repeat.");
  });
});

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

describe("activations", () => {
  const softmax = (axis: number): Op => ({
    kind: "activation",
    activation: { fn: "softmax", axis },
    weights: {},
  });

  test("keep the shape; the axis must exist", () => {
    expect(shapesOf(softmax(1), [null, 3, 4])).toEqual([[null, 3, 4]]);
    expect(() => shapesOf(softmax(3), [null, 3, 4])).toThrow(
      "Axis 3 does not exist in the input (null, 3, 4).",
    );
  });

  test("glu halves its axis", () => {
    const glu: Op = { kind: "activation", activation: { fn: "glu", axis: 1 }, weights: {} };
    expect(shapesOf(glu, [null, 6])).toEqual([[null, 3]]);
    expect(() => shapesOf(glu, [null, 5])).toThrow(
      "glu halves axis 1, but its size in (null, 5) is odd.",
    );
  });

  test("prelu shares along axes of size 1", () => {
    const prelu: Op = { kind: "prelu", weights: { alpha: weight(1, 4) } };
    expect(shapesOf(prelu, [null, 3, 4])).toEqual([[null, 3, 4]]);
    expect(() => shapesOf(prelu, [null, 4])).toThrow(
      "alpha has shape (1, 4), which does not fit the input (null, 4): expected its shape without the batch, with 1 on shared axes.",
    );
  });
});
