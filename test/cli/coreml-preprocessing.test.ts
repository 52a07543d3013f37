import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Model } from "../../src/formats/coreml/types.gen.ts";
import { FIXTURES } from "../cases.ts";
import { convert, SNACKS } from "./converted.ts";

describe("pictures", () => {
  it("get a warning when the architecture wants something else", async () => {
    const { stderr } = await convert(SNACKS, "--image-input-names", "input1");
    expect(stderr).toContain(
      `warning: The pixels enter the network as they are, from 0 to 255, but: Layer "mobilenet_0.25_224/conv_dw_1" and others are those of MobileNet, which is trained with tf preprocessing.
  Add --preprocess auto; --preprocess none keeps the pixels without this warning.\n`,
    );
  });

  it("are what the only input takes where options concern them, if it has such a shape", async () => {
    const named = ["--input-names", "photo", "--image-input-names", "photo", "--preprocess", "tf"];
    const whole = await convert(SNACKS, ...named);
    const { model, stderr } = await convert(SNACKS, "--input-names", "photo", "--preprocess", "tf");
    expect(model).toEqual(whole.model);
    expect(stderr).toContain(
      `warning: "photo" takes a picture: it is the only input, and of a picture's shape.
  Say so yourself to be sure: --image-input-names photo\n`,
    );
    const biased = await convert(SNACKS, "--red-bias", "-1");
    expect(biased.stderr).toContain('warning: "input1" takes a picture');
    expect((await convert(SNACKS)).stderr).not.toContain("takes a picture");
  });

  it("get none when the user has decided", async () => {
    for (const choice of [
      ["--preprocess", "none"],
      ["--image-scale", "1"],
    ]) {
      const { stderr } = await convert(SNACKS, "--image-input-names", "input1", ...choice);
      expect(stderr).not.toContain("warning");
    }
  });

  it("are not guessed where the architecture does not tell", async () => {
    const squeezenet = join(FIXTURES, "snacks/snacks_squeezenet/model.hdf5");
    const { model, stderr } = await convert(
      squeezenet,
      ...["--image-input-names", "input1", "--preprocess", "auto"],
    );
    expect(model.neuralNetwork?.preprocessing).toBe(undefined);
    expect(stderr).toContain(
      `warning: --preprocess auto leaves the pixels as they are, from 0 to 255: The layers are those of SqueezeNet, whose copies were trained in different ways: keras-squeezenet with caffe, others with tf.
  Say how the model was trained: --preprocess tf, caffe, torch or 0-1; none keeps the pixels without this warning.\n`,
    );
  });

  it("are prepared as a preset says, in the order of colours that --is-bgr gives", async () => {
    const options = ["--image-input-names", "input1", "--preprocess"];
    const caffe = await convert(SNACKS, ...options, "caffe");
    const tf = await convert(SNACKS, ...options, "tf", "--is-bgr");
    const summary = ({ model }: { readonly model: Model }) => [
      model.description?.input?.[0]?.type?.imageType?.colorSpace,
      model.neuralNetwork?.preprocessing?.[0]?.scaler,
    ];
    expect(summary(caffe)).toEqual([
      "BGR",
      {
        channelScale: 1,
        redBias: Math.fround(-123.68),
        greenBias: Math.fround(-116.779),
        blueBias: Math.fround(-103.939),
      },
    ]);
    expect(summary(tf)).toEqual([
      "BGR",
      { channelScale: Math.fround(2 / 255), redBias: -1, greenBias: -1, blueBias: -1 },
    ]);
  });

  it("are scaled colour by colour for torch, which takes a layer", async () => {
    const { model, stderr } = await convert(
      SNACKS,
      ...["--image-input-names", "input1", "--preprocess", "torch"],
    );
    expect(model.neuralNetwork?.layers?.[0]?.scale?.shapeScale).toEqual([3]);
    expect(stderr).toContain(
      "RGB; red × 0.0171248 − 2.1179, green × 0.017507 − 2.03571, blue × 0.0174292 − 1.80444\n",
    );
  });
});
