import { expect, test } from "vitest";
import { compute, tensor } from "../run-layer.ts";

test.each([
  ["SUM", 10],
  ["AVG", 2.5],
  ["PROD", 24],
  ["SUMSQUARE", 30],
  ["L1", 10],
  ["L2", Math.fround(Math.sqrt(30))],
  ["MAX", 4],
  ["MIN", 1],
] as const)("reduce %s of 1, 2, 3, 4 is %d, and the axes stay", (mode, expected) => {
  expect(compute({ reduce: { mode, axis: "HW" } }, tensor([1, 1, 1, 2, 2]))).toEqual([
    "1 1 1 1 1",
    [expected],
  ]);
});

test("reduce finds the place of the largest channel", () => {
  const x = tensor([1, 1, 3, 1, 2], [1, 9, 5, 2, 3, 4]);
  expect(compute({ reduce: { mode: "ARGMAX", axis: "C" } }, x)).toEqual(["1 1 1 1 2", [1, 0]]);
});

test("reduceMean over several axes keeps or drops them", () => {
  const x = tensor([2, 3, 2]);
  expect(compute({ reduceMean: { axes: [0, -1] } }, x)).toEqual(["3", [4.5, 6.5, 8.5]]);
  expect(compute({ reduceMean: { axes: [0, -1], keepDims: true } }, x)[0]).toBe("1 3 1");
  expect(compute({ reduceSum: { reduceAll: true } }, x)).toEqual(["1", [78]]);
});

test("reduceLogSumExp does not overflow", () => {
  const x = tensor([2], [1000, 1000]);
  expect(compute({ reduceLogSumExp: { axes: [0] } }, x)[1]).toEqual([
    Math.fround(1000 + Math.log(2)),
  ]);
});

test("argMax keeps its axis unless told to remove it", () => {
  const x = tensor([2, 3], [1, 5, 2, 9, 0, 3]);
  expect(compute({ argMax: { axis: 1 } }, x)).toEqual(["2 1", [1, 0]]);
  expect(compute({ argMin: { axis: 1, removeDim: true } }, x)).toEqual(["2", [0, 1]]);
});

test.each([
  [false, false, [4, 10, 17]],
  [true, false, [0, 4, 10]],
  [false, true, [17, 13, 7]],
  [true, true, [13, 7, 0]],
])("cumSum without the final sum %s, reversed %s", (excludeFinalSum, reverse, expected) => {
  const cumSum = { axis: 0, excludeFinalSum, reverse };
  expect(compute({ cumSum }, tensor([3], [4, 6, 7]))[1]).toEqual(expected);
});
