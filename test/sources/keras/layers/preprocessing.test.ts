import { describe, expect, it } from "vitest";
import { readFloat64, type WeightRef } from "../../../../src/ir/tensor.ts";
import { type Given, lower, refusal } from "./lowering.ts";

const PICTURE: Given["inputs"] = [[null, 6, 9, 3]];

function affine(given: Given) {
  const [op] = lower(given).ops;
  const numbers = (weight: WeightRef | undefined) => weight && [...readFloat64(weight)];
  if (op?.kind !== "affine") return undefined;
  const { scale, offset } = op.weights;
  return { shape: scale?.shape, scale: numbers(scale), offset: numbers(offset) };
}

describe("Rescaling", () => {
  it("takes numbers, lists, and arrays as tf.keras 2.12 writes them", () => {
    const rescale = (scale: Given["config"] | number | readonly number[]) =>
      affine({
        layer: "Rescaling",
        config: { scale: scale ?? 1, offset: -1 },
        inputs: PICTURE,
      })?.scale;
    expect(rescale(0.5)).toEqual([0.5]);
    expect(rescale([1, 2, 4])).toEqual([1, 2, 4]);
    expect(
      rescale({ class_name: "__numpy__", config: { value: [1, 2, 4], dtype: "float32" } }),
    ).toEqual([1, 2, 4]);
  });
});

describe("Normalization", () => {
  const normalize = (config: Given["config"], weights: Given["weights"] = {}) =>
    affine({ layer: "Normalization", config: config ?? {}, inputs: PICTURE, weights });

  it("divides by the deviation, from the config or the file", () => {
    const expected = { shape: [3], scale: [0.5, 0.25, 1], offset: [-0.5, -0.5, -3] };
    expect(normalize({ axis: [-1], mean: [1, 2, 3], variance: [4, 16, 1] })).toEqual(expected);
    expect(normalize({ axis: [-1] }, { mean: [1, 2, 3], variance: [4, 16, 1] })).toEqual(expected);
  });

  it("undoes it with invert", () => {
    expect(normalize({ axis: -1, mean: [1, 2, 3], variance: [4, 16, 1], invert: true })).toEqual({
      shape: [3],
      scale: [2, 4, 1],
      offset: [1, 2, 3],
    });
  });

  it("lays statistics of inner axes where they belong", () => {
    const mean = [1, 1, 1, 1, 1, 1];
    expect(normalize({ axis: [1], mean, variance: mean })?.shape).toEqual([6, 1, 1]);
  });
});

describe("pictures", () => {
  const steps = (layer: string, config: Given["config"], dialect: Given["dialect"] = {}) =>
    lower({ layer, config: config ?? {}, inputs: PICTURE, dialect }).steps;

  it("are cropped or padded to the aspect ratio before resizing", () => {
    const size = { height: 4, width: 4 };
    expect(steps("Resizing", size)).toEqual(["resize (null, 4, 4, 3)"]);
    expect(steps("Resizing", { ...size, crop_to_aspect_ratio: true })).toEqual([
      "crop (null, 6, 6, 3)",
      "resize (null, 4, 4, 3)",
    ]);
    expect(steps("Resizing", { ...size, pad_to_aspect_ratio: true })).toEqual([
      "pad (null, 8, 9, 3)",
      "resize (null, 4, 4, 3)",
    ]);
  });

  it("are cropped in the middle, or enlarged where they are too small", () => {
    expect(steps("CenterCrop", { height: 3, width: 4 })).toEqual(["crop (null, 3, 4, 3)"]);
    expect(steps("CenterCrop", { height: 8, width: 4 })).toEqual([
      "crop (null, 6, 3, 3)",
      "resize (null, 8, 4, 3)",
    ]);
  });

  it("go through RandomCrop as each release does at inference", () => {
    const size = { height: 4, width: 4 };
    expect(steps("RandomCrop", size, { generation: "tf", version: "2.15.0" })).toEqual([
      "crop (null, 6, 6, 3)",
      "resize (null, 4, 4, 3)",
    ]);
    expect(steps("RandomCrop", size, { version: "3.15.1" })).toEqual(["noise (null, 6, 9, 3)"]);
    expect(
      refusal({
        layer: "RandomCrop",
        config: size,
        inputs: PICTURE,
        dialect: { version: "3.6.0" },
      }),
    ).toContain("differs between releases of Keras 3");
  });

  it("are not antialiased", () => {
    const config = { height: 3, width: 3, antialias: true };
    expect(refusal({ layer: "Resizing", config, inputs: PICTURE })).toBe(
      'Layer "it" (Resizing): antialias while making a picture smaller cannot be expressed.',
    );
  });
});
