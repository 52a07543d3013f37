import { expect, test } from "vitest";
import { constantWeight } from "../../src/weights/constant.ts";
import { scaleWeight } from "../../src/weights/scale.ts";
import { countingWeight, readStrips } from "./counting.ts";

const STRIPS = [1, 2, 3, 5, 100];

test("scale multiplies slices along an axis, in any strips", () => {
  const { ref } = countingWeight(2, 3, 2);
  const factors = constantWeight("f", [3], [1, 10, 100]);
  for (const strip of STRIPS) {
    expect(readStrips(scaleWeight(ref, factors, 1), strip)).toEqual([
      0, 1, 20, 30, 400, 500, 6, 7, 80, 90, 1000, 1100,
    ]);
  }
  expect(() => scaleWeight(ref, factors, 0)).toThrow(
    "Factors of shape (3,) do not fit axis 0 of (2, 3, 2).",
  );
});
