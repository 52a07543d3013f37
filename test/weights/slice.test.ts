import { expect, test } from "vitest";
import { readFloat32 } from "../../src/ir/tensor.ts";
import { sliceWeight } from "../../src/weights/slice.ts";
import { countingWeight, readStrips } from "./counting.ts";

const STRIPS = [1, 2, 3, 5, 100];

test("slice takes a part of any axis, in any strips", () => {
  const { ref } = countingWeight(2, 4, 3);
  for (const strip of STRIPS) {
    expect(readStrips(sliceWeight(ref, 1, 1, 3), strip)).toEqual([
      3, 4, 5, 6, 7, 8, 15, 16, 17, 18, 19, 20,
    ]);
    expect(readStrips(sliceWeight(ref, 2, 0, 1), strip)).toEqual([0, 3, 6, 9, 12, 15, 18, 21]);
    expect(readStrips(sliceWeight(ref, 0, 1, 2), strip)).toEqual([
      12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,
    ]);
  }
});

test("slice refuses what is not there", () => {
  const { ref } = countingWeight(2, 4);
  expect(() => sliceWeight(ref, 1, 2, 5)).toThrow(
    "A weight of shape (2, 4) has no part 2 to 5 along axis 1.",
  );
});

test("slice of the last axis of a wide weight reads runs, not everything", () => {
  const { ref, read } = countingWeight(4, 10_000);
  const values = readFloat32(sliceWeight(ref, 1, 9998, 10_000));
  expect([...values]).toEqual([9998, 9999, 19998, 19999, 29998, 29999, 39998, 39999]);
  expect(read()).toBe(8);
});
