import { expect, test } from "vitest";
import { compute, tensor } from "../run-layer.ts";

test.each([
  ["SQRT", 4, 2],
  ["RSQRT", 4, 0.5],
  ["INVERSE", 4, 0.25],
  ["EXP", 0, 1],
  ["LOG", 1, 0],
  ["ABS", -3, 3],
] as const)("%s of %d is %d", (type, x, expected) => {
  expect(compute({ unary: { type } }, tensor([1], [x]))[1][0]).toBeCloseTo(expected, 5);
});

test("POWER and THRESHOLD use alpha", () => {
  expect(compute({ unary: { type: "POWER", alpha: 3 } }, tensor([1], [2]))[1]).toEqual([8]);
  expect(compute({ unary: { type: "THRESHOLD", alpha: -6 } }, tensor([2], [-9, 1]))[1]).toEqual([
    -6, 1,
  ]);
});

test("the input is scaled and shifted first, and an unset scale is 1", () => {
  const unary = { type: "THRESHOLD", alpha: -6, scale: -1, shift: 0.5 } as const;
  expect(compute({ unary }, tensor([2], [2, 9]))[1]).toEqual([-1.5, -6]);
});

test.each([
  [0.5, 0.5204998778],
  [1, 0.8427007929],
  [2, 0.995322265],
  [3.5, 0.9999992569],
  [-1, -0.8427007929],
])("the Gauss error function of %d is %d", (x, expected) => {
  expect(compute({ erf: {} }, tensor([1], [x]))[1][0]).toBeCloseTo(expected, 7);
});

test("plain functions have no parameters", () => {
  const x = tensor([3], [-1.5, 0, 1.5]);
  expect(compute({ floor: {} }, x)[1]).toEqual([-2, 0, 1]);
  expect(compute({ ceil: {} }, x)[1].map((value) => value + 0)).toEqual([-1, 0, 2]);
  expect(compute({ sign: {} }, x)[1]).toEqual([-1, 0, 1]);
  expect(compute({ exp2: {} }, tensor([1], [3]))[1]).toEqual([8]);
  expect(compute({ logicalNot: {} }, x)[1]).toEqual([0, 1, 0]);
});
