import { describe, expect, it } from "vitest";
import {
  FAMILIES,
  findPreprocessing,
  hasOneScale,
  isNeutral,
  PRESETS,
  type Preprocessing,
  preprocessingNames,
} from "../../src/image/preprocessing.ts";

const PIXELS = [0, 1, 127, 128, 200, 255];

function apply(preset: Preprocessing, pixel: number): readonly number[] {
  return preset.scale.map((scale, color) => pixel * scale + (preset.bias[color] ?? Number.NaN));
}

/** Red, green, blue as `preprocess_input` of keras/src/applications/imagenet_utils.py computes them. */
const KERAS = {
  none: (x: number) => [x, x, x],
  tf: (x: number) => [x / 127.5 - 1, x / 127.5 - 1, x / 127.5 - 1],
  caffe: (x: number) => [x - 123.68, x - 116.779, x - 103.939],
  torch: (x: number) => [
    (x / 255 - 0.485) / 0.229,
    (x / 255 - 0.456) / 0.224,
    (x / 255 - 0.406) / 0.225,
  ],
  "0-1": (x: number) => [x / 255, x / 255, x / 255],
};

describe("presets", () => {
  it.each(["none", "tf", "caffe", "torch", "0-1"] as const)("%s is what Keras computes", (name) => {
    for (const pixel of PIXELS) {
      const expected = KERAS[name](pixel);
      apply(PRESETS[name], pixel).forEach((value, color) => {
        expect(value).toBeCloseTo(expected[color] ?? Number.NaN, 12);
      });
    }
  });

  it("hand the network blue first in caffe only", () => {
    expect(Object.values(PRESETS).map((preset) => [preset.name, preset.colorOrder])).toEqual([
      ["none", "rgb"],
      ["tf", "rgb"],
      ["caffe", "bgr"],
      ["torch", "rgb"],
      ["0-1", "rgb"],
    ]);
  });

  it("need a scale for each colour in torch only", () => {
    const uneven = Object.values(PRESETS).filter((preset) => !hasOneScale(preset));
    expect(uneven.map((preset) => preset.name)).toEqual(["torch"]);
  });

  it("leave the pixels alone in none only", () => {
    const neutral = Object.values(PRESETS).filter(isNeutral);
    expect(neutral.map((preset) => preset.name)).toEqual(["none"]);
  });
});

describe("families", () => {
  it("have the mode of their preprocess_input in Keras", () => {
    expect(Object.fromEntries(FAMILIES.map(({ name, preset }) => [name, preset]))).toEqual({
      mobilenet: "tf",
      mobilenet_v2: "tf",
      mobilenet_v3: "none",
      vgg16: "caffe",
      vgg19: "caffe",
      resnet: "caffe",
      resnet_v2: "tf",
      inception_v3: "tf",
      inception_resnet_v2: "tf",
      xception: "tf",
      nasnet: "tf",
      densenet: "torch",
      efficientnet: "none",
      efficientnet_v2: "none",
      convnext: "none",
      squeezenet: "caffe",
    });
  });

  it.each(["MobileNetV2", "mobilenet-v2", "mobilenet_v2"])("are found as %s", (name) => {
    expect(findPreprocessing(name)).toEqual({ ...PRESETS.tf, name: "mobilenet_v2" });
  });

  it("are found under the names of their sizes", () => {
    expect(findPreprocessing("ResNet50").colorOrder).toBe("bgr");
    expect(findPreprocessing("ResNet50V2").bias).toEqual([-1, -1, -1]);
  });

  it("are listed when a name is unknown", () => {
    expect(() => findPreprocessing("mobilnet")).toThrow(
      `"mobilnet" is not a known preprocessing.\n  Known: ${preprocessingNames().join(", ")}.`,
    );
  });
});
