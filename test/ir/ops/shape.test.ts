import { describe, expect, test } from "vitest";
import type { Op } from "../../../src/ir/ops/index.ts";
import type { Dim } from "../../../src/ir/tensor.ts";
import { shapesOf, weight } from "./infer.ts";

const NONE = { weights: {} } as const;

function reshape(...shape: readonly Dim[]): Op {
  return { kind: "reshape", shape, ...NONE };
}

function pad(mode: "constant" | "reflect", ...amounts: readonly (readonly [number, number])[]): Op {
  return { kind: "pad", amounts, mode, value: 0, ...NONE };
}

function crop(...amounts: readonly (readonly [number, number])[]): Op {
  return { kind: "crop", amounts, ...NONE };
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

describe("pad and crop", () => {
  test("change known axes and keep free ones free", () => {
    const image = [null, 5, null, 3];
    expect(shapesOf(pad("constant", [0, 0], [1, 2], [3, 3], [0, 0]), image)).toEqual([
      [null, 8, null, 3],
    ]);
    expect(shapesOf(crop([0, 0], [1, 2], [1, 1], [0, 0]), image)).toEqual([[null, 2, null, 3]]);
  });

  test("refuse what cannot be", () => {
    expect(() => shapesOf(pad("constant", [1, 0], [0, 0]), [null, 5])).toThrow(
      "padding cannot change the batch axis.",
    );
    expect(() => shapesOf(pad("reflect", [0, 0], [5, 0]), [null, 5])).toThrow(
      "Axis 1 of (null, 5) is too short to be mirrored so far.",
    );
    expect(() => shapesOf(crop([0, 0], [3, 2]), [null, 5])).toThrow(
      "Cropping (3, 2) leaves nothing of axis 1 of (null, 5).",
    );
    expect(() => shapesOf(crop([0, 0]), [null, 5])).toThrow(
      "cropping is (0, 0), expected 4 whole numbers of at least 0.",
    );
  });
});

describe("slice", () => {
  const slice = (start: number, end: number | null, step: number): Op => ({
    kind: "slice",
    starts: [0, start],
    ends: [null, end],
    steps: [1, step],
    ...NONE,
  });

  test.each([
    [1, null, 1, 9, 8],
    [0, 100, 3, 10, 4],
    [2, 9, 2, 10, 4],
    [1, 3, 1, null, null],
  ])("from %j to %j by %j of %j gives %j", (start, end, step, size, expected) => {
    expect(shapesOf(slice(start, end, step), [null, size])).toEqual([[null, expected]]);
  });

  test("refuses to take nothing", () => {
    expect(() => shapesOf(slice(5, 5, 1), [null, 9])).toThrow(
      "The slice takes nothing of axis 1 of (null, 9).",
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

  test("repeat, constant, masks", () => {
    expect(shapesOf({ kind: "repeat", n: 4, ...NONE }, [null, 7])).toEqual([[null, 4, 7]]);
    expect(shapesOf({ kind: "constant", weights: { value: weight(1, 2, 3) } })).toEqual([
      [1, 2, 3],
    ]);
    const mask: Op = { kind: "notEqualMask", value: 0, reduceLast: true, ...NONE };
    expect(shapesOf(mask, [null, 5, 3])).toEqual([[null, 5]]);
    expect(shapesOf({ kind: "applyMask", ...NONE }, [null, 5, 3], [null, 5])).toEqual([
      [null, 5, 3],
    ]);
    expect(() => shapesOf({ kind: "applyMask", ...NONE }, [null, 5, 3], [null, 4])).toThrow(
      "The mask (null, 4) does not fit the input (null, 5, 3).",
    );
  });
});
