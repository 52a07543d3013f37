import { expect, test } from "vitest";
import { compute, tensor } from "../run-layer.ts";

test("slice ends before its end, and -1 is the last index", () => {
  const x = tensor([1, 1, 1, 1, 6]);
  const slice = { startIndex: 1, stride: 2, axis: "WIDTH_AXIS" } as const;
  expect(compute({ slice: { ...slice, endIndex: -1 } }, x)).toEqual(["1 1 1 1 2", [2, 4]]);
  expect(compute({ slice: { ...slice, endIndex: 6 } }, x)).toEqual(["1 1 1 1 3", [2, 4, 6]]);
});

const STATIC = {
  beginIds: [1, 2, 3],
  beginMasks: [true, false, true],
  endIds: [3, -3, 2],
  endMasks: [false, true, true],
  strides: [2, 2, 2],
};

test("sliceStatic: the format's example is [:3:2, 2::2, ::2]", () => {
  const [shape, data] = compute({ sliceStatic: STATIC }, tensor([5, 5, 5]));
  expect(shape).toBe("2 2 3");
  // Rows 2 and 4 of blocks 0 and 2.
  expect(data).toEqual([11, 13, 15, 21, 23, 25, 61, 63, 65, 71, 73, 75]);
});

test("sliceStatic: a squeezed axis keeps its begin and goes", () => {
  const squeezeMasks = [false, true, false];
  const [shape, data] = compute({ sliceStatic: { ...STATIC, squeezeMasks } }, tensor([5, 5, 5]));
  expect([shape, data]).toEqual(["2 3", [11, 13, 15, 61, 63, 65]]);
});

test("sliceStatic goes backwards with negative strides", () => {
  const reversed = { beginIds: [0], beginMasks: [true], endIds: [0], endMasks: [true] };
  expect(compute({ sliceStatic: { ...reversed, strides: [-1] } }, tensor([4]))).toEqual([
    "4",
    [4, 3, 2, 1],
  ]);
});

test("crop cuts stated amounts, or to the size of a second input at an offset", () => {
  const x = tensor([1, 3, 4]);
  const borderAmounts = [{ startEdgeSize: 1 }, { startEdgeSize: 1, endEdgeSize: 2 }];
  expect(compute({ crop: { cropAmounts: { borderAmounts } } }, x)).toEqual(["1 2 1", [6, 10]]);
  expect(compute({ crop: { offset: [0, 1] } }, x, tensor([1, 2, 2]))).toEqual([
    "1 2 2",
    [2, 3, 6, 7],
  ]);
});

test("gather works as numpy.take", () => {
  expect(compute({ gather: { axis: 0 } }, tensor([2, 3]), tensor([6, 8], zeros(48)))[0]).toBe(
    "6 8 3",
  );
  expect(compute({ gather: { axis: 1 } }, tensor([2, 3]), tensor([2], [-1, 0]))).toEqual([
    "2 2",
    [3, 1, 6, 4],
  ]);
});

test("reverse flips the marked axes", () => {
  expect(compute({ reverse: { reverseDim: [false, true] } }, tensor([2, 2]))[1]).toEqual([
    2, 1, 4, 3,
  ]);
});

function zeros(count: number): number[] {
  return new Array<number>(count).fill(0);
}
