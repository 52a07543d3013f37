import { describe, expect, test } from "vitest";
import type { Op } from "../../../src/ir/ops/index.ts";
import type { Dim } from "../../../src/ir/tensor.ts";
import { shapesOf, weight } from "./infer.ts";

const NONE = { weights: {} } as const;

function reshape(...shape: readonly Dim[]): Op {
  return { kind: "reshape", shape, ...NONE };
}

describe("reshape", () => {
  test("works out the free axis", () => {
    expect(shapesOf(reshape(2, null), [null, 3, 4])).toEqual([[null, 2, 6]]);
    expect(shapesOf(reshape(null), [5, 3, 4])).toEqual([[5, 12]]);
  });

  test("leaves it free where the input's size is", () => {
    expect(shapesOf(reshape(null, 4), [null, null, 2, 4])).toEqual([[null, null, 4]]);
  });

  test("refuses another size", () => {
    expect(() => shapesOf(reshape(5), [null, 3, 4])).toThrow(
      "(null, 3, 4) cannot be reshaped to (null, 5).",
    );
    expect(() => shapesOf(reshape(5, null), [null, 3, 4])).toThrow(
      "(null, 3, 4) cannot be reshaped to (null, 5, null).",
    );
    expect(() => shapesOf(reshape(null, null), [null, 3, 4])).toThrow("cannot be reshaped");
  });
});

describe("permute", () => {
  const permute = (...dims: number[]): Op => ({ kind: "permute", dims, ...NONE });

  test("moves the axes", () => {
    expect(shapesOf(permute(0, 3, 1, 2), [null, 4, null, 6])).toEqual([[null, 6, 4, null]]);
  });

  test.each([[[0, 1, 1]], [[1, 0, 2]], [[0, 1]]])("refuses the order %j", (dims) => {
    expect(() => shapesOf(permute(...dims), [null, 3, 4])).toThrow(
      `The axes of (null, 3, 4) cannot be put in order (${dims.join(", ")}).`,
    );
  });
});

describe("the others", () => {
  const resize = {
    kind: "resize",
    interpolation: "nearest",
    coordinates: "half-pixel",
    layout: "channels-last",
    ...NONE,
  } as const;

  test("resize by factors and to a size", () => {
    expect(shapesOf({ ...resize, factors: [2, 3] }, [null, 5, null, 3])).toEqual([
      [null, 10, null, 3],
    ]);
    const to: Op = { ...resize, size: [4, 6], layout: "channels-first" };
    expect(shapesOf(to, [null, 3, null, 9])).toEqual([[null, 3, 4, 6]]);
    expect(() => shapesOf(resize, [null, 5, 5, 3])).toThrow(
      "Resizing needs either factors or a size.",
    );
  });

  test("repeat and constant", () => {
    expect(shapesOf({ kind: "repeat", n: 4, ...NONE }, [null, 7])).toEqual([[null, 4, 7]]);
    expect(shapesOf({ kind: "constant", weights: { value: weight(1, 2, 3) } })).toEqual([
      [1, 2, 3],
    ]);
  });
});
