import { expect, test } from "vitest";
import { readFloat32 } from "../../src/ir/tensor.ts";
import { mapWeight } from "../../src/weights/map.ts";
import { countingWeight } from "./counting.ts";

test("map computes in float64 from whole weights", () => {
  const sum = mapWeight(
    "sum",
    [countingWeight(3).ref, countingWeight(3).ref],
    [3],
    (a, b) => a?.map((value, i) => value + (b?.[i] ?? 0) + 0.1) ?? [],
  );
  expect(sum.id).toBe("sum(w(3);w(3))");
  const target = new Float64Array(2);
  sum.readInto(target, 1);
  expect([...target]).toEqual([2.1, 4.1]);
});

test("map refuses a result of another size", () => {
  const wrong = mapWeight("wrong", [], [3], () => [1]);
  expect(() => readFloat32(wrong)).toThrow("1 numbers do not fill the shape (3,).");
});
