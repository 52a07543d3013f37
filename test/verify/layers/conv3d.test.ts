import { expect, test } from "vitest";
import { compute, tensor } from "../run-layer.ts";

const cube = { kernelDepth: 3, kernelHeight: 3, kernelWidth: 3 };
const twice = { strideDepth: 2, strideHeight: 2, strideWidth: 2 };

test("same padding makes the output as large as the input divided by the stride", () => {
  const convolution3d = {
    outputChannels: 2,
    inputChannels: 3,
    nGroups: 1,
    ...cube,
    ...twice,
    paddingType: "SAME",
    weights: { floatValue: new Array<number>(2 * 3 * 27).fill(1) },
  } as const;
  // The format's example: padding 1 1 in depth, 0 1 in height and width.
  const x = tensor([1, 3, 3, 8, 8], new Array<number>(3 * 3 * 64).fill(1));
  const [shape, data] = compute({ convolution3d }, x);
  expect(shape).toBe("1 2 2 4 4");
  // Corner windows: 2 of 3 in depth, whole in height and width at the start, 2 of 3 at the end.
  expect([data[0], data[15]]).toEqual([3 * 2 * 9, 3 * 2 * 4]);
});

test("custom padding and bias", () => {
  const convolution3d = {
    outputChannels: 1,
    inputChannels: 1,
    kernelDepth: 1,
    kernelHeight: 1,
    kernelWidth: 2,
    customPaddingLeft: 1,
    hasBias: true,
    weights: { floatValue: [1, 10] },
    bias: { floatValue: [0.5] },
  };
  expect(compute({ convolution3d }, tensor([1, 1, 1, 1, 2]))).toEqual(["1 1 1 1 2", [10.5, 21.5]]);
});

test("3-D deconvolution is refused", () => {
  const convolution3d = { outputChannels: 1, inputChannels: 1, isDeconvolution: true };
  expect(() => compute({ convolution3d }, tensor([1, 1, 1, 1, 1]))).toThrow(
    'Layer "one" (convolution3d): is a 3-D deconvolution, which is not computed here.',
  );
});
