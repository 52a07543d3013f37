import { expect, test } from "vitest";
import { compute, tensor } from "../run-layer.ts";

const square = tensor([1, 1, 3, 3]);
const size = { kernelSize: [2, 2], stride: [2, 2] };

test("same padding never wins a maximum, and need not count in an average", () => {
  const x = tensor([1, 1, 3, 3], [-1, -2, -3, -4, -5, -6, -7, -8, -9]);
  expect(compute({ pooling: { type: "MAX", same: {}, ...size } }, x)[1]).toEqual([-1, -3, -7, -9]);
  const average = { type: "AVERAGE", same: {}, ...size } as const;
  expect(compute({ pooling: { ...average, avgPoolExcludePadding: true } }, square)[1]).toEqual([
    3, 4.5, 7.5, 9,
  ]);
  expect(compute({ pooling: average }, square)[1]).toEqual([3, 2.25, 3.75, 2.25]);
});

test("an unset stride is 1, an unset kernel 3 by 3", () => {
  expect(compute({ pooling: { valid: {} } }, tensor([1, 1, 4, 4]))).toEqual([
    "1 1 2 2",
    [11, 12, 15, 16],
  ]);
});

test("global pooling ignores kernel and stride", () => {
  const pooling = { type: "AVERAGE", globalPooling: true, valid: {} } as const;
  expect(compute({ pooling }, tensor([1, 2, 2, 2]))).toEqual(["1 2 1 1", [2.5, 6.5]]);
});

test("includeLastPixel rounds up", () => {
  const pooling = { type: "MAX", includeLastPixel: {}, ...size } as const;
  expect(compute({ pooling }, square)).toEqual(["1 1 2 2", [5, 6, 8, 9]]);
});

test("L2 pooling is the root of the sum of squares", () => {
  const pooling = { type: "L2", valid: {}, kernelSize: [1, 2], stride: [1, 2] } as const;
  expect(compute({ pooling }, tensor([1, 1, 1, 2], [3, 4]))[1]).toEqual([5]);
});

test("a pooling layer without padding type is refused", () => {
  expect(() => compute({ pooling: {} }, square)).toThrow(
    'Layer "one" (pooling): states no padding type.',
  );
});
