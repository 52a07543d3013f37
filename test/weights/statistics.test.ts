import { describe, expect, it } from "vitest";
import type { NumericArray } from "../../src/ir/tensor.ts";
import { statisticsOf } from "../../src/weights/statistics.ts";

/** An array whose reads are recorded. */
function arrayOf(values: ArrayLike<number>) {
  const reads: number[] = [];
  return {
    reads,
    shape: [values.length],
    readInto(target: NumericArray, start: number) {
      reads.push(target.length);
      for (let index = 0; index < target.length; index++)
        target[index] = values[start + index] ?? 0;
    },
  };
}

describe("statistics of an array", () => {
  it("are those of its numbers", () => {
    expect(statisticsOf(arrayOf([1, 2, 3, 4, 0]))).toEqual({
      min: 0,
      max: 4,
      mean: 2,
      std: Math.SQRT2,
      zeros: 1,
      nans: 0,
      infinities: 0,
    });
  });

  it("leave out what is not finite, and count it", () => {
    const { mean, max, nans, infinities } = statisticsOf(
      arrayOf([Number.NaN, 1, Number.POSITIVE_INFINITY, 3, Number.NEGATIVE_INFINITY]),
    );
    expect([mean, max, nans, infinities]).toEqual([2, 3, 1, 2]);
  });

  it("are null where there is no number", () => {
    const nothing = { min: null, max: null, mean: null, std: null, zeros: 0, infinities: 0 };
    expect(statisticsOf(arrayOf([]))).toEqual({ ...nothing, nans: 0 });
    expect(statisticsOf(arrayOf([Number.NaN]))).toEqual({ ...nothing, nans: 1 });
  });

  it("read a large array in strips, without losing digits", () => {
    const values = Float64Array.from({ length: 300_000 }, (_, index) => 1e9 + (index % 2));
    const array = arrayOf(values);
    expect(statisticsOf(array)).toMatchObject({ mean: 1e9 + 0.5, std: 0.5 });
    expect(Math.max(...array.reads)).toBe(65536);
  });
});
