import { expect, test } from "vitest";
import { compute, tensor } from "../run-layer.ts";

const x = tensor([1, 3, 4]);
const paddingAmounts = { borderAmounts: [{ startEdgeSize: 2 }, { startEdgeSize: 2 }] };

/** The pictures of the format's description of PaddingLayerParams. */
test("padding with a constant", () => {
  expect(compute({ padding: { constant: {}, paddingAmounts } }, x)).toEqual([
    "1 5 6",
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 5, 6, 7, 8, 0, 0, 9, 10, 11, 12],
  ]);
});

test("padding by reflection", () => {
  expect(compute({ padding: { reflection: {}, paddingAmounts } }, x)[1]).toEqual([
    11, 10, 9, 10, 11, 12, 7, 6, 5, 6, 7, 8, 3, 2, 1, 2, 3, 4, 7, 6, 5, 6, 7, 8, 11, 10, 9, 10, 11,
    12,
  ]);
});

test("padding by repeating the edge", () => {
  expect(compute({ padding: { replication: {}, paddingAmounts } }, x)[1]).toEqual([
    1, 1, 1, 2, 3, 4, 1, 1, 1, 2, 3, 4, 1, 1, 1, 2, 3, 4, 5, 5, 5, 6, 7, 8, 9, 9, 9, 10, 11, 12,
  ]);
});

test.each([
  [[20, 10], [0, 1, 4, 0], false, "21 14"],
  [[20, 10, 5], [0, 0, 3, 4, 0, 9], false, "20 17 14"],
  [[20, 10], [0, 21, 14, 0], true, "21 14"],
  [[20, 10, 5], [0, 0, 17, 0, 0, 14], true, "20 17 14"],
])("constantPad of %j by %j (to that size: %s) is [%s]", (from, padAmounts, toSize, shape) => {
  const constantPad = { padAmounts, padToGivenOutputSizeMode: toSize };
  expect(compute({ constantPad }, tensor(from))[0]).toBe(shape);
});

test("constantPad puts the value before and after", () => {
  const constantPad = { value: 9, padAmounts: [1, 0, 0, 1] };
  expect(compute({ constantPad }, tensor([1, 2]))).toEqual(["2 3", [9, 9, 9, 1, 2, 9]]);
});
