import { expect, test } from "vitest";
import { compute, tensor } from "../run-layer.ts";

const line = tensor([1, 1, 2], [0, 1]);

test("nearest neighbour repeats pixels, with unlike factors too", () => {
  expect(compute({ upsample: { scalingFactor: [2, 3] } }, tensor([1, 1, 2]))).toEqual([
    "1 2 6",
    [1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2],
  ]);
});

test.each([
  ["DEFAULT", [0, 0.5, 1, 1]],
  ["ALIGN_CORNERS_TRUE", [0, 1 / 3, 2 / 3, 1]],
  ["ALIGN_CORNERS_FALSE", [0, 0.25, 0.75, 1]],
] as const)("bilinear upsampling on the grid %s", (linearUpsampleMode, expected) => {
  const upsample = { scalingFactor: [1, 2], mode: "BILINEAR", linearUpsampleMode } as const;
  expect(compute({ upsample }, line)[1]).toEqual(expected.map(Math.fround));
});

test.each([
  ["STRICT_ALIGN_ENDPOINTS_MODE", 4, [0, 1, 2, 3]],
  ["STRICT_ALIGN_ENDPOINTS_MODE", 1, [0]],
  ["ALIGN_ENDPOINTS_MODE", 1, [1.5]],
  ["UPSAMPLE_MODE", 8, [0, 0.5, 1, 1.5, 2, 2.5, 3, 3]],
  ["ROI_ALIGN_MODE", 3, [0.5, 1.5, 2.5]],
] as const)("resizeBilinear samples on the grid %s to %i", (samplingMethod, size, expected) => {
  const x = tensor([1, 1, 4], [0, 1, 2, 3]);
  const resizeBilinear = { targetSize: [1, size], mode: { samplingMethod } };
  expect(compute({ resizeBilinear }, x)[1]).toEqual([...expected]);
});

const SMALL = [1, 3, 5, 7, 9, 11, 13, 15].flatMap((first) => [first, first + 1]);

test("blocks go to space and back as in the format's example", () => {
  const x = tensor([8, 1, 2], SMALL);
  const toSpace = { reorganizeData: { mode: "DEPTH_TO_SPACE", blockSize: 2 } } as const;
  const spread = [1, 5, 2, 6, 9, 13, 10, 14, 3, 7, 4, 8, 11, 15, 12, 16];
  expect(compute(toSpace, x)).toEqual(["2 2 4", spread]);
  const back = { reorganizeData: { mode: "SPACE_TO_DEPTH", blockSize: 2 } } as const;
  expect(compute(back, tensor([2, 2, 4], spread))).toEqual(["8 1 2", SMALL]);
});

test("pixel shuffle orders channels otherwise", () => {
  const shuffle = { reorganizeData: { mode: "PIXEL_SHUFFLE", blockSize: 2 } } as const;
  expect(compute(shuffle, tensor([8, 1, 2], SMALL))).toEqual([
    "2 2 4",
    [1, 3, 2, 4, 5, 7, 6, 8, 9, 11, 10, 12, 13, 15, 14, 16],
  ]);
});
