import { describe, expect, it } from "vitest";
import type { ImageFeatureTypeColorSpace, Model } from "../../src/formats/coreml/types.gen.ts";
import { bytesOf, edited, refusalOf, smallModel } from "./edited.ts";

const image = (name: string, colorSpace: ImageFeatureTypeColorSpace) => ({
  name,
  type: { imageType: { width: 2, height: 2, colorSpace } },
});

function picturesModel(more: Model["neuralNetwork"] = {}): Model {
  return smallModel({
    description: { input: [image("x", "RGB"), image("g", "GRAYSCALE")], output: [{ name: "y" }] },
    neuralNetwork: { layers: [], ...more },
  });
}

describe("the preparation of pixels", () => {
  it("is added where there is none, with a scale that is not zero", () => {
    const { model, changes } = edited(bytesOf(picturesModel()), { redBias: -1, grayBias: -2 });
    expect(model.neuralNetwork?.preprocessing).toEqual([
      { featureName: "x", scaler: { channelScale: 1, redBias: -1 } },
      { featureName: "g", scaler: { channelScale: 1, grayBias: -2 } },
    ]);
    expect(changes).toEqual(['"x": red bias 0 → -1', '"g": gray bias 0 → -2']);
  });

  it("is changed where it stands, picture by picture, and keeps what is not said", () => {
    const { model, changes } = edited(
      bytesOf(
        picturesModel({
          preprocessing: [
            { featureName: "g", scaler: { channelScale: 1 } },
            { featureName: "x", scaler: { channelScale: 1, blueBias: 3 } },
          ],
        }),
      ),
      { imageScale: { x: 2 / 255 }, greenBias: 4 },
    );
    expect(model.neuralNetwork?.preprocessing).toEqual([
      { featureName: "g", scaler: { channelScale: 1 } },
      {
        featureName: "x",
        scaler: { channelScale: Math.fround(2 / 255), blueBias: 3, greenBias: 4 },
      },
    ]);
    expect(changes).toEqual(['"x": scale 1 → 0.007843137', '"x": green bias 0 → 4']);
  });

  it("changes the order of colours, not of gray pictures", () => {
    const { model, changes } = edited(bytesOf(picturesModel()), { colorOrder: "bgr" });
    const spaces = model.description?.input?.map(({ type }) => type?.imageType?.colorSpace);
    expect(spaces).toEqual(["BGR", "GRAYSCALE"]);
    expect(changes).toEqual(['"x": order of colours RGB → BGR']);
    expect(edited(bytesOf(model), { colorOrder: "bgr" }).changes).toEqual([]);
  });

  it("is found in the models of a pipeline", () => {
    const { description = {} } = picturesModel();
    const { model } = edited(
      bytesOf({ specificationVersion: 1, description, pipeline: { models: [picturesModel()] } }),
      { imageScale: 2, colorOrder: "bgr" },
    );
    const [inner] = model.pipeline?.models ?? [];
    expect(inner?.neuralNetwork?.preprocessing).toHaveLength(2);
    expect(inner?.description?.input?.[0]?.type?.imageType?.colorSpace).toBe("BGR");
    expect(model.description?.input?.[0]?.type?.imageType?.colorSpace).toBe("BGR");
  });

  it("is refused where there are no such pictures, or where it cannot be said", () => {
    expect(refusalOf(smallModel(), { imageScale: 1 })).toContain("bad-option No input");
    expect(refusalOf(picturesModel(), { imageScale: { y: 1 } })).toContain(
      'imageScale names "y", which is no input that takes a picture.\n  There are: x, g.',
    );
    const mean = picturesModel({ preprocessing: [{ featureName: "x", meanImage: {} }] });
    expect(refusalOf(mean, { redBias: 1 })).toContain("unsupported The pictures of");
    const { neuralNetwork, ...rest } = picturesModel();
    expect(refusalOf({ ...rest, mlProgram: {} }, { redBias: 1 })).toContain(
      "unsupported An ML Program prepares pixels by operations of its own",
    );
    const gray = smallModel({ description: { input: [image("x", "GRAYSCALE")] } });
    expect(refusalOf(gray, { redBias: 1 })).toContain("but the pictures are gray");
  });
});
