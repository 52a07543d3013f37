import { describe, expect, test } from "vitest";
import type { Op } from "../../../src/ir/ops/index.ts";
import { shapesOf } from "./infer.ts";

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
