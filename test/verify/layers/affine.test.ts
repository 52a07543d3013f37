import { expect, test } from "vitest";
import { compute, tensor } from "../run-layer.ts";

const x = tensor([1, 2, 1, 2]);

test.each([
  [[1], [10], [10, 20, 30, 40]],
  [[2], [1, 10], [1, 2, 30, 40]],
  [
    [1, 1, 2],
    [1, 10],
    [1, 20, 3, 40],
  ],
  [
    [2, 1, 2],
    [1, 10, 100, 1000],
    [1, 20, 300, 4000],
  ],
])("a scale of shape %j", (shapeScale, floatValue, expected) => {
  expect(compute({ scale: { shapeScale, scale: { floatValue } } }, x)[1]).toEqual(expected);
});

test("the bias of a scale has a shape of its own", () => {
  const scale = {
    shapeScale: [1],
    scale: { floatValue: [2] },
    hasBias: true,
    shapeBias: [2],
    bias: { floatValue: [0.5, -0.5] },
  };
  expect(compute({ scale }, x)[1]).toEqual([2.5, 4.5, 5.5, 7.5]);
});

test("bias alone", () => {
  expect(compute({ bias: { shape: [2], bias: { floatValue: [1, 2] } } }, x)[1]).toEqual([
    2, 3, 5, 6,
  ]);
});

test("a shape that does not fit is refused", () => {
  const bias = { shape: [3], bias: { floatValue: [1, 2, 3] } };
  expect(() => compute({ bias }, x)).toThrow(
    'Layer "one" (bias): has a bias of shape [3], but its input is [1,2,1,2].',
  );
});
