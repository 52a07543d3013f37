import { expect, test } from "vitest";
import { compute, runLayer, tensor } from "../run-layer.ts";

const a = tensor([3, 2]);
const b = tensor([3, 2], [7, 8, 9, 10, 11, 12]);

test("concatND joins, or takes turns, as in the format's example", () => {
  const plain = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
  expect(compute({ concatND: { axis: 0 } }, a, b)).toEqual(["6 2", plain]);
  const turns = [1, 2, 7, 8, 3, 4, 9, 10, 5, 6, 11, 12];
  expect(compute({ concatND: { axis: 0, interleave: true } }, a, b)).toEqual(["6 2", turns]);
});

test("concatND counts axes from behind, too", () => {
  const rows = [1, 2, 7, 8, 3, 4, 9, 10, 5, 6, 11, 12];
  expect(compute({ concatND: { axis: -1 } }, a, b)).toEqual(["3 4", rows]);
});

test("concat joins channels or the sequence", () => {
  const x = tensor([1, 1, 2, 1, 1]);
  expect(compute({ concat: {} }, x, x)).toEqual(["1 1 4 1 1", [1, 2, 1, 2]]);
  expect(compute({ concat: { sequenceConcat: true } }, x, x)[0]).toBe("2 1 2 1 1");
});

test("stack makes a new axis", () => {
  expect(compute({ stack: { axis: 1 } }, a, b)[0]).toBe("3 2 2");
});

test("split cuts channels equally, splitND any axis as told", () => {
  const parts = runLayer({ split: { nOutputs: 2 } }, tensor([1, 1, 4, 1, 1]));
  expect(parts.map(({ data }) => [...data])).toEqual([
    [1, 2],
    [3, 4],
  ]);
  const uneven = runLayer({ splitND: { axis: -3, splitSizes: [3, 2] } }, tensor([5, 3, 4]));
  expect(uneven.map(({ shape }) => shape.join(" "))).toEqual(["3 3 4", "2 3 4"]);
});

test("unlike shapes are refused", () => {
  expect(() => compute({ concatND: { axis: 0 } }, a, tensor([3, 3]))).toThrow(
    'Layer "one" (concatND): joins [3,2] and [3,3] along axis 0.',
  );
});
