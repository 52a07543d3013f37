import { describe, expect, test } from "vitest";
import type { Op } from "../../../src/ir/ops/index.ts";
import { shapesOf } from "./infer.ts";

const NONE = { weights: {} } as const;

function pad(mode: "constant" | "reflect", ...amounts: readonly (readonly [number, number])[]): Op {
  return { kind: "pad", amounts, mode, value: 0, ...NONE };
}

function crop(...amounts: readonly (readonly [number, number])[]): Op {
  return { kind: "crop", amounts, ...NONE };
}

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
