import { describe, expect, test } from "vitest";
import type { Op } from "../../../src/ir/ops/index.ts";
import { shapesOf } from "./infer.ts";

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
