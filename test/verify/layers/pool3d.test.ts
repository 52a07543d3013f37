import { expect, test } from "vitest";
import { compute, tensor } from "../run-layer.ts";

/** The cube of the format's description of Pooling3DLayerParams. */
const cube = tensor([1, 1, 2, 3, 3]);

test("maximum of 2 by 2 by 2 windows", () => {
  const kernel = { kernelDepth: 2, kernelHeight: 2, kernelWidth: 2 };
  const stride = { strideDepth: 1, strideHeight: 1, strideWidth: 1 };
  expect(compute({ pooling3d: { paddingType: "VALID", ...kernel, ...stride } }, cube)).toEqual([
    "1 1 1 2 2",
    [14, 15, 17, 18],
  ]);
});

test("global maximum and average", () => {
  expect(compute({ globalPooling3d: {} }, cube)).toEqual(["1 1 1 1 1", [18]]);
  expect(compute({ globalPooling3d: { type: "AVERAGE" } }, cube)[1]).toEqual([9.5]);
});

test("custom padding counts in an average unless excluded", () => {
  const pooling3d = {
    type: "AVERAGE",
    kernelDepth: 1,
    kernelHeight: 1,
    kernelWidth: 2,
    strideWidth: 2,
    customPaddingLeft: 1,
    customPaddingRight: 1,
  } as const;
  const x = tensor([1, 1, 1, 1, 2], [4, 8]);
  expect(compute({ pooling3d }, x)[1]).toEqual([2, 4]);
  expect(compute({ pooling3d: { ...pooling3d, countExcludePadding: true } }, x)[1]).toEqual([4, 8]);
});
