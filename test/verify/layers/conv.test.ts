import { expect, test } from "vitest";
import { compute, tensor } from "../run-layer.ts";

const ones = (count: number) => ({ floatValue: new Array<number>(count).fill(1) });
const single = { outputChannels: 1, kernelChannels: 1 };

test("same padding puts the odd amount at the end, or at the start if so told", () => {
  const x = tensor([1, 1, 1, 4]);
  const size = { ...single, kernelSize: [1, 3], stride: [1, 2], weights: ones(3) };
  expect(compute({ convolution: { ...size, same: {} } }, x)[1]).toEqual([6, 7]);
  const heavy = { same: { asymmetryMode: "TOP_LEFT_HEAVY" } } as const;
  expect(compute({ convolution: { ...size, ...heavy } }, x)[1]).toEqual([3, 9]);
});

test("valid padding may have amounts, filled with zeros", () => {
  const borderAmounts = [{}, { startEdgeSize: 1, endEdgeSize: 0 }];
  const convolution = {
    ...single,
    kernelSize: [1, 2],
    weights: ones(2),
    valid: { paddingAmounts: { borderAmounts } },
  };
  expect(compute({ convolution }, tensor([1, 1, 1, 3]))[1]).toEqual([1, 3, 5]);
});

test("the bias counts only if hasBias says so", () => {
  const layer = { ...single, kernelSize: [1, 1], weights: ones(1), bias: ones(1), valid: {} };
  expect(compute({ convolution: layer }, tensor([1, 1, 1, 1]))[1]).toEqual([1]);
  expect(compute({ convolution: { ...layer, hasBias: true } }, tensor([1, 1, 1, 1]))[1]).toEqual([
    2,
  ]);
});

test("groups see only their own channels", () => {
  const convolution = {
    outputChannels: 4,
    kernelChannels: 1,
    nGroups: 2,
    kernelSize: [1, 1],
    weights: { floatValue: [1, 10, 100, 1000] },
    valid: {},
  };
  expect(compute({ convolution }, tensor([1, 2, 1, 1]))[1]).toEqual([1, 10, 200, 2000]);
});

test("dilation spreads the kernel", () => {
  const layer = { ...single, kernelSize: [1, 2], dilationFactor: [1, 3], weights: ones(2) };
  expect(compute({ convolution: { ...layer, valid: {} } }, tensor([1, 1, 1, 5]))[1]).toEqual([
    5, 7,
  ]);
});

test("the weights may come as a second input", () => {
  const convolution = { ...single, kernelSize: [1, 2], valid: {} };
  const weights = tensor([1, 1, 1, 2], [1, -1]);
  expect(compute({ convolution }, tensor([1, 1, 1, 3]), weights)[1]).toEqual([-1, -1]);
});

test("a deconvolution spreads each pixel; a stride beyond the kernel leaves zeros at the end", () => {
  const layer = { ...single, isDeconvolution: true, kernelSize: [1, 2], stride: [1, 3] };
  const weights = { floatValue: [1, 10] };
  const x = tensor([1, 1, 1, 2]);
  expect(compute({ convolution: { ...layer, weights, valid: {} } }, x)[1]).toEqual([
    1, 10, 0, 2, 20,
  ]);
  expect(compute({ convolution: { ...layer, weights, same: {} } }, x)).toEqual([
    "1 1 1 6",
    [1, 10, 0, 2, 20, 0],
  ]);
});

test("a stated output shape decides the size of a deconvolution", () => {
  const convolution = {
    ...single,
    isDeconvolution: true,
    kernelSize: [1, 3],
    stride: [1, 2],
    weights: { floatValue: [1, 10, 100] },
    outputShape: [1, 4],
    valid: {},
  };
  // 1 10 102 20 200 without a border: one number too many, cut at the end.
  expect(compute({ convolution }, tensor([1, 1, 1, 2]))).toEqual(["1 1 1 4", [1, 10, 102, 20]]);
});

test("weights of the wrong number are refused", () => {
  const convolution = { ...single, kernelSize: [2, 2], weights: ones(3), valid: {} };
  expect(() => compute({ convolution }, tensor([1, 1, 3, 3]))).toThrow(
    'Layer "one" (convolution): weights: 3 numbers, but [1, 1, 2, 2] takes 4.',
  );
});
