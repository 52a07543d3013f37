import { expect, test } from "vitest";
import { concatWeights } from "../../src/weights/concat.ts";
import { flipWeight } from "../../src/weights/flip.ts";
import { transposeWeight } from "../../src/weights/transpose.ts";
import { countingWeight, readStrips } from "./counting.ts";

const STRIPS = [1, 2, 3, 5, 100];

test("flip turns axes round, in any strips", () => {
  const { ref } = countingWeight(2, 3, 2);
  for (const strip of STRIPS) {
    expect(readStrips(flipWeight(ref, [0, 1]), strip)).toEqual([
      10, 11, 8, 9, 6, 7, 4, 5, 2, 3, 0, 1,
    ]);
    expect(readStrips(flipWeight(ref, [2]), strip)).toEqual([1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10]);
    expect(readStrips(flipWeight(ref, [0]), strip)).toEqual([6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5]);
    expect(readStrips(flipWeight(ref, []), strip)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  }
});

test("transforms of transforms compose", () => {
  const { ref } = countingWeight(2, 3);
  const turned = transposeWeight(flipWeight(ref, [0]), [1, 0]);
  expect(readStrips(turned, 2)).toEqual([3, 0, 4, 1, 5, 2]);
  const gates = concatWeights([turned, transposeWeight(ref, [1, 0])], 1);
  expect(readStrips(gates, 3)).toEqual([3, 0, 0, 3, 4, 1, 1, 4, 5, 2, 2, 5]);
});
