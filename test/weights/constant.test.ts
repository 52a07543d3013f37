import { expect, test } from "vitest";
import { constantWeight, filledWeight } from "../../src/weights/constant.ts";
import { readStrips } from "./counting.ts";

test("constants read as given", () => {
  expect(readStrips(constantWeight("c", [2, 2], [1, 2, 3, 4]), 3)).toEqual([1, 2, 3, 4]);
  expect(readStrips(filledWeight("zero", [3], 0), 2)).toEqual([0, 0, 0]);
  expect(() => constantWeight("c", [3], [1])).toThrow("1 numbers do not fill the shape (3,).");
});
