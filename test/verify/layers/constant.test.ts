import { expect, test } from "vitest";
import { compute, tensor } from "../run-layer.ts";

const data = { floatValue: [1, 2] };

test("loadConstant has five axes, loadConstantND its own", () => {
  expect(compute({ loadConstant: { shape: [2, 1, 1], data } })).toEqual(["1 1 2 1 1", [1, 2]]);
  expect(compute({ loadConstantND: { shape: [1, 2], data } })).toEqual(["1 2", [1, 2]]);
});

test("fills and ranges", () => {
  expect(compute({ fillStatic: { value: 3, targetShape: [2] } })).toEqual(["2", [3, 3]]);
  expect(compute({ fillLike: { value: 4 } }, tensor([1, 2]))).toEqual(["1 2", [4, 4]]);
  expect(compute({ rangeStatic: { startValue: 1, endValue: 4, stepSizeValue: 1 } })).toEqual([
    "3",
    [1, 2, 3],
  ]);
});

test("a constant of unbelievable size is refused", () => {
  expect(() => compute({ fillStatic: { targetShape: [2 ** 20, 2 ** 20] } })).toThrow(
    "A result would have the shape [1048576, 1048576].",
  );
});
