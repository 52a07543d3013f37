import { expect, test } from "vitest";
import { fromFloat16 } from "../../src/formats/small-floats.ts";
import { encodeHalf, toHalfBits } from "../../src/weights/half.ts";

test("every half survives decoding and encoding, bit for bit", () => {
  const wrong = range(0x10000).filter((bits) => {
    const isNaNBits = (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0;
    return toHalfBits(fromFloat16(bits)) !== (isNaNBits ? 0x7e00 : bits);
  });
  expect(wrong).toEqual([]);
});

test("rounds to the nearest half, and ties to the even one, over the whole range", () => {
  const wrong = range(0x7bff).filter((bits) => {
    const low = fromFloat16(bits);
    const high = fromFloat16(bits + 1);
    const middle = (low + high) / 2;
    // The smaller step is closer to the middle than float32 can tell: rounding twice would go wrong.
    const [step, tiny] = [(high - low) / 2 ** 20, (high - low) / 2 ** 30];
    const even = bits % 2 === 0 ? bits : bits + 1;
    const got = [middle, -middle, middle - tiny, middle + tiny, middle - step, middle + step];
    const expected = [even, even | 0x8000, bits, bits + 1, bits, bits + 1];
    return got.some((value, index) => toHalfBits(value) !== expected[index]);
  });
  expect(wrong).toEqual([]);
});

test.each([
  [65504, 0x7bff],
  [65519.99, 0x7bff],
  [65520, 0x7c00],
  [1e300, 0x7c00],
  [-65520, 0xfc00],
  [Number.POSITIVE_INFINITY, 0x7c00],
  [Number.NaN, 0x7e00],
  [0, 0x0000],
  [-0, 0x8000],
  [2 ** -14, 0x0400],
  [2 ** -24, 0x0001],
  [2 ** -25, 0x0000],
  [2 ** -25 * 1.0001, 0x0001],
  [-(2 ** -26), 0x8000],
  [1e-310, 0x0000],
  [1 / 3, 0x3555],
  // float64 is rounded once: a tie in float32 goes down.
  [1 + 2 ** -11, 0x3c00],
  [1 + 2 ** -11 + 2 ** -30, 0x3c01],
])("gives %d the bits %d", (value, bits) => {
  expect(toHalfBits(value)).toBe(bits);
});

test("encodes arrays", () => {
  const bits = new Uint16Array(3);
  encodeHalf(Float32Array.of(1, -2, 0.1), bits);
  expect([...bits]).toEqual([0x3c00, 0xc000, 0x2e66]);
});

function range(size: number): readonly number[] {
  return Array.from({ length: size }, (_, index) => index);
}
