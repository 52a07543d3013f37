import { expect, test } from "vitest";
import { readWeights } from "../../src/verify/weights.ts";

test("half precision is unpacked without rounding", () => {
  // 1, -2, 0.5, the smallest number, infinity; little-endian.
  const bits = [0x3c00, 0xc000, 0x3800, 0x0001, 0x7c00];
  const float16Value = Uint8Array.from(bits.flatMap((half) => [half & 255, half >> 8]));
  expect([...readWeights({ float16Value }, [5], 0)]).toEqual([
    1,
    -2,
    0.5,
    2 ** -24,
    Number.POSITIVE_INFINITY,
  ]);
});

test("n-bit numbers follow one another, most significant bit first", () => {
  // 1 2 3 4 5 in 3 bits each: 001 010 011 100 101, padded with a zero.
  const rawValue = Uint8Array.of(0b00101001, 0b11001010);
  const quantization = { numberOfBits: 3, linearQuantization: { scale: [1], bias: [0] } };
  expect([...readWeights({ rawValue, quantization }, [5], 0)]).toEqual([1, 2, 3, 4, 5]);
});

test("linear quantisation has a scale and a bias for all, or per channel of an axis", () => {
  const rawValue = Uint8Array.of(1, 2, 3, 4);
  const linearQuantization = { scale: [1, 10], bias: [0, 0.5] };
  const quantization = { numberOfBits: 8, linearQuantization };
  expect([...readWeights({ rawValue, quantization }, [2, 2], 0)]).toEqual([1, 2, 30.5, 40.5]);
  // Another message, since unpacked weights are kept.
  expect([...readWeights({ rawValue, quantization: { ...quantization } }, [2, 2], 1)]).toEqual([
    1, 20.5, 3, 40.5,
  ]);
});

test("a look-up table has an entry for every code", () => {
  const rawValue = Uint8Array.of(0b11_00_10_01);
  const table = (floatValue: readonly number[]) => ({
    rawValue,
    quantization: { numberOfBits: 2, lookupTableQuantization: { floatValue } },
  });
  expect([...readWeights(table([5, 6, 7, 8]), [4], 0)]).toEqual([8, 5, 7, 6]);
  expect(readWeights(table([5, 6, 7]), [4], 0)).toBe("a table of 3, expected 4");
});

test.each([
  [undefined, "the weights are missing"],
  [
    { floatValue: [1], float16Value: Uint8Array.of(0, 0) },
    "weights in two carriers, floatValue and float16Value",
  ],
  [{ rawValue: Uint8Array.of(1) }, "0 bits per number, expected 1 to 8"],
  [{ rawValue: Uint8Array.of(1), quantization: { numberOfBits: 8 } }, "1 bytes, expected 2"],
  [
    { rawValue: Uint8Array.of(1, 1), quantization: { numberOfBits: 8 } },
    "rawValue without quantization",
  ],
  [
    { int8RawValue: Uint8Array.of(1, 1) },
    "int8RawValue quantises the input at run time, which is not computed here",
  ],
])("%j: %s", (params, text) => {
  expect(readWeights(params, [2], 0)).toBe(text);
});

test("streamed weights are collected", () => {
  const bytes = new Uint8Array(Float32Array.of(1, 2).buffer);
  const floatValue = { byteLength: 8, chunks: () => [bytes.subarray(0, 3), bytes.subarray(3)] };
  expect([...readWeights({ floatValue }, [2], 0)]).toEqual([1, 2]);
});
