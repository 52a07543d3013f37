import { describe, expect, it } from "vitest";
import { halfToFloat32 } from "../../src/formats/coreml/half-values.ts";
import { roundToHalf } from "../../src/verify/half.ts";

function rounded(...values: readonly number[]): readonly number[] {
  return [...roundToHalf({ shape: [values.length], data: Float32Array.from(values) }).data];
}

describe("roundToHalf", () => {
  it("keeps every half precision number", () => {
    const bits = Uint16Array.from({ length: 2 ** 16 }, (_, index) => index);
    const all = halfToFloat32(new Uint8Array(bits.buffer));
    const { data } = roundToHalf({ shape: [all.length], data: all });
    expect(data.every((value, index) => Object.is(value, all[index]))).toBe(true);
  });

  // numpy.float16 of the same numbers.
  it("rounds to the nearest, ties to even", () => {
    expect(rounded(1 + 2 ** -11, 1 + 3 * 2 ** -11, 0.1, -2049, 2051)).toEqual([
      1,
      1 + 2 ** -9,
      0.0999755859375,
      -2048,
      2052,
    ]);
  });

  it("rounds small numbers to whole steps of 2^-24", () => {
    expect(rounded(2 ** -25, 3 * 2 ** -25, -1.4 * 2 ** -24, 2 ** -15)).toEqual([
      0,
      2 ** -23,
      -(2 ** -24),
      2 ** -15,
    ]);
  });

  it("makes what is too large infinite", () => {
    expect(rounded(65519, 65520, -1e9, Number.NaN)).toEqual([
      65504,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
    ]);
  });
});
