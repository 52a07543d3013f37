import { expect, test } from "vitest";
import { reshapeWeight } from "../../src/weights/reshape.ts";
import { countingWeight, readStrips } from "./counting.ts";

test("reshape keeps the numbers and their order", () => {
  const reshaped = reshapeWeight(countingWeight(2, 3).ref, [3, 2]);
  expect(reshaped.shape).toEqual([3, 2]);
  expect(reshaped.id).toBe("w(2,3)|reshape(3,2)");
  expect(readStrips(reshaped, 4)).toEqual([0, 1, 2, 3, 4, 5]);
});

test("reshape refuses another size", () => {
  expect(() => reshapeWeight(countingWeight(2, 3).ref, [7])).toThrow(
    "A weight of shape (2, 3) cannot be reshaped to (7,).",
  );
});
