import { expect, test } from "vitest";
import { readFloat32 } from "../../src/ir/tensor.ts";
import { concatWeights } from "../../src/weights/concat.ts";
import { constantWeight, filledWeight } from "../../src/weights/constant.ts";
import { flipWeight } from "../../src/weights/flip.ts";
import { mapWeight } from "../../src/weights/map.ts";
import { reshapeWeight } from "../../src/weights/reshape.ts";
import { scaleWeight } from "../../src/weights/scale.ts";
import { sliceWeight } from "../../src/weights/slice.ts";
import { transposeWeight } from "../../src/weights/transpose.ts";
import { countingWeight, readStrips } from "./counting.ts";

const STRIPS = [1, 2, 3, 5, 100];

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

test("constants read as given", () => {
  expect(readStrips(constantWeight("c", [2, 2], [1, 2, 3, 4]), 3)).toEqual([1, 2, 3, 4]);
  expect(readStrips(filledWeight("zero", [3], 0), 2)).toEqual([0, 0, 0]);
  expect(() => constantWeight("c", [3], [1])).toThrow("1 numbers do not fill the shape (3,).");
});

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
