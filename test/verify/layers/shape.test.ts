import { expect, test } from "vitest";
import { compute, tensor } from "../run-layer.ts";

const volume = tensor([1, 1, 2, 2, 3]);

test("flatten reads C, H, W or H, W, C", () => {
  const first = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
  expect(compute({ flatten: { mode: "CHANNEL_FIRST" } }, volume)).toEqual(["1 1 12 1 1", first]);
  const last = [1, 7, 2, 8, 3, 9, 4, 10, 5, 11, 6, 12];
  expect(compute({ flatten: { mode: "CHANNEL_LAST" } }, volume)).toEqual(["1 1 12 1 1", last]);
});

test("reshape keeps the data channels first, or reads and fills channels last", () => {
  const [shape, data] = compute({ reshape: { targetShape: [3, 2, 2] } }, volume);
  expect([shape, data[0], data[11]]).toEqual(["1 1 3 2 2", 1, 12]);
  // H, W, C order is 1 7 2 8 3 9 4 10 5 11 6 12, read as [H 2, W 2, C 3].
  expect(compute({ reshape: { targetShape: [3, 2, 2], mode: "CHANNEL_LAST" } }, volume)).toEqual([
    "1 1 3 2 2",
    [1, 8, 4, 11, 7, 3, 10, 6, 2, 9, 5, 12],
  ]);
});

test("reshape with four numbers makes a sequence", () => {
  expect(compute({ reshape: { targetShape: [4, 3, 1, 1] } }, volume)[0]).toBe("4 1 3 1 1");
});

test.each([
  [[0, 3, 1, 2], "5 2 9 7 8"],
  [[3, 1, 2, 0], "9 2 7 8 5"],
  [[0, 3, 2, 1], "5 2 9 8 7"],
])("permute %j of [5, 2, 7, 8, 9] is [%s], as the format's examples say", (axis, shape) => {
  expect(compute({ permute: { axis } }, tensor([5, 2, 7, 8, 9]))[0]).toBe(shape);
});

test("transpose reorders axes and data", () => {
  expect(compute({ transpose: { axes: [1, 0] } }, tensor([2, 3]))).toEqual([
    "3 2",
    [1, 4, 2, 5, 3, 6],
  ]);
  expect(compute({ transpose: { axes: [3, 1, 2, 0] } }, tensor([6, 7, 8, 9]))[0]).toBe("9 7 8 6");
});

test.each([
  [[0, 1], "1 1 10 5"],
  [[0, 2], "1 10 1 5"],
  [[-2, -1], "10 5 1 1"],
])("expandDims %j of [10, 5] is [%s]", (axes, shape) => {
  expect(compute({ expandDims: { axes } }, tensor([10, 5]))[0]).toBe(shape);
});

test.each([
  [[1, 1, 10, 5], [0, 1], "10 5"],
  [[1, 10, 5, 1], [0, 3], "10 5"],
  [[10, 5, 1, 1], [-2, -1], "10 5"],
  [[1], [0], "1"],
])("squeeze of %j along %j is [%s]", (from, axes, shape) => {
  expect(compute({ squeeze: { axes } }, tensor(from))[0]).toBe(shape);
});

test.each([
  [[3], -1, "1 3"],
  [[3], 1, "3 1"],
  [[4, 3], -1, "4 3"],
  [[5, 2], 0, "1 10"],
  [[5, 5, 3], -2, "5 15"],
  [[2, 3, 2], -1, "6 2"],
])("flattenTo2D of %j at %i is [%s]", (from, axis, shape) => {
  expect(compute({ flattenTo2D: { axis } }, tensor(from))[0]).toBe(shape);
});

test.each([
  [[20, 10], [5, -1], "5 40"],
  [[20, 10, 5], [0, 2, 25], "20 2 25"],
  [[10, 3, 5], [25, 0, -1], "25 3 2"],
])("rankPreservingReshape of %j to %j is [%s]", (from, targetShape, shape) => {
  expect(compute({ rankPreservingReshape: { targetShape } }, tensor(from))[0]).toBe(shape);
});

test("reshapes that lose or make numbers are refused", () => {
  expect(() => compute({ reshapeStatic: { targetShape: [5, 2] } }, tensor([3, 4]))).toThrow(
    'Layer "one" (reshapeStatic): reshapes [3,4] to [5,2].',
  );
});
