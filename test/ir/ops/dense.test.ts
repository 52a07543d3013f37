import { describe, expect, test } from "vitest";
import type { Op } from "../../../src/ir/ops/index.ts";
import { shapesOf, weight } from "./infer.ts";

const DENSE: Op = { kind: "dense", weights: { kernel: weight(4, 6), bias: weight(6) } };

function dot(...axes: readonly [number, number]): Op {
  return { kind: "dot", axes, normalize: false, weights: {} };
}

function matmul(transposeA: boolean, transposeB: boolean): Op {
  return { kind: "matmul", transposeA, transposeB, weights: {} };
}

describe("dense", () => {
  test("acts on the last axis of any rank", () => {
    expect(shapesOf(DENSE, [null, 4])).toEqual([[null, 6]]);
    expect(shapesOf(DENSE, [null, null, 3, 4])).toEqual([[null, null, 3, 6]]);
  });

  test("refuses other features", () => {
    expect(() => shapesOf(DENSE, [null, 5])).toThrow("kernel has shape (4, 6), expected (5, 6).");
    expect(() => shapesOf(DENSE, [null, null])).toThrow(
      "The number of features must be known, but is free in (null, null).",
    );
  });
});

describe("dot", () => {
  test("joins what is left of both", () => {
    expect(shapesOf(dot(1, 1), [null, 4], [null, 4])).toEqual([[null, 1]]);
    expect(shapesOf(dot(2, 2), [null, 3, 4], [null, 5, 4])).toEqual([[null, 3, 5]]);
    expect(shapesOf(dot(1, 1), [null, 3, 4], [null, 3])).toEqual([[null, 4]]);
  });

  test("refuses axes that differ", () => {
    expect(() => shapesOf(dot(1, 2), [null, 3, 4], [null, 3, 4])).toThrow(
      "Axis 1 of (null, 3, 4) and axis 2 of (null, 3, 4) differ in size.",
    );
    expect(() => shapesOf(dot(0, 1), [null, 3], [null, 3])).toThrow(
      "Axis 0 does not exist in the input (null, 3).",
    );
  });
});

describe("matmul", () => {
  test("multiplies the last two axes, the others broadcast", () => {
    expect(shapesOf(matmul(false, false), [null, 2, 3, 4], [null, 1, 4, 5])).toEqual([
      [null, 2, 3, 5],
    ]);
    expect(shapesOf(matmul(false, true), [null, 3, 4], [null, 5, 4])).toEqual([[null, 3, 5]]);
    expect(shapesOf(matmul(true, false), [null, 4, 3], [null, 4, 5])).toEqual([[null, 3, 5]]);
  });

  test("refuses matrices that do not fit", () => {
    expect(() => shapesOf(matmul(false, false), [null, 3, 4], [null, 3, 4])).toThrow(
      "(null, 3, 4) and (null, 3, 4) cannot be multiplied as matrices.",
    );
  });
});

test("embedding adds an axis", () => {
  const op: Op = { kind: "embedding", weights: { embeddings: weight(10, 3) } };
  expect(shapesOf(op, [null, 7])).toEqual([[null, 7, 3]]);
});
