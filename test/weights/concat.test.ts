import { expect, test } from "vitest";
import { concatWeights } from "../../src/weights/concat.ts";
import { countingWeight, readStrips } from "./counting.ts";

const STRIPS = [1, 2, 3, 5, 100];

test("concat joins along any axis, in any strips", () => {
  const a = countingWeight(2, 2).ref;
  const b = countingWeight(2, 3).ref;
  for (const strip of STRIPS) {
    expect(readStrips(concatWeights([a, b], 1), strip)).toEqual([0, 1, 0, 1, 2, 2, 3, 3, 4, 5]);
    expect(readStrips(concatWeights([a, a], 0), strip)).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
  }
  expect(concatWeights([a, b], 1).shape).toEqual([2, 5]);
});

test("concat refuses shapes that differ elsewhere", () => {
  const join = () => concatWeights([countingWeight(2, 2).ref, countingWeight(2, 3).ref], 0);
  expect(join).toThrow("Weights of shapes (2, 2) and (2, 3) cannot be joined along axis 0.");
});
