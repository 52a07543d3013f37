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

test("a deconvolution spreads each voxel, with input channels first in its weights", () => {
  const deconvolution = {
    outputChannels: 2,
    inputChannels: 1,
    isDeconvolution: true,
    kernelDepth: 1,
    kernelHeight: 1,
    kernelWidth: 2,
    strideWidth: 2,
    weights: { floatValue: [1, 10, 100, 1000] },
  };
  const x = tensor([1, 1, 1, 1, 2]);
  const spread = [1, 10, 2, 20, 100, 1000, 200, 2000];
  const layer = { convolution3d: { ...deconvolution, paddingType: "VALID" } } as const;
  expect(compute(layer, x)).toEqual(["1 2 1 1 4", spread]);
  const stated = { convolution3d: { ...deconvolution, outputShape: [1, 1, 5] } };
  expect(compute(stated, x)[1]).toEqual([1, 10, 2, 20, 0, 100, 1000, 200, 2000, 0]);
});
