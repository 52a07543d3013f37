import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Model } from "../../src/formats/coreml/types.gen.ts";
import { FIXTURES } from "../cases.ts";
import { temporaryFolder } from "../temporary.ts";
import { convert, decode, SMALL, SNACKS } from "./converted.ts";
import { run } from "./run.ts";

const GOLDEN = join(FIXTURES, "snacks/snacks_mobilenet025/golden.mlmodel");
const LABELS = join(FIXTURES, "snacks/labels.txt");

describe("kc convert", () => {
  it("makes of the snack classifier what coremltools made of it", async () => {
    const { model, stderr } = await convert(
      SNACKS,
      ...["--input-names", "image", "--image-input-names", "image"],
      ...["--output-names", "labelProbability", "--predicted-feature-name", "label"],
      ...["--class-labels", LABELS, "--image-scale", "2/255"],
      ...["--red-bias", "-1", "--green-bias", "-1", "--blue-bias", "-1"],
    );
    const golden = decode(GOLDEN);
    const names = ({ neuralNetworkClassifier: network }: Model) =>
      network?.layers?.map(({ name }) => name);
    expect(model.neuralNetworkClassifier?.preprocessing).toEqual(
      golden.neuralNetworkClassifier?.preprocessing,
    );
    expect(model.neuralNetworkClassifier?.stringClassLabels).toEqual(
      golden.neuralNetworkClassifier?.stringClassLabels,
    );
    expect(names(model)).toEqual(names(golden));
    expect(stderr).toMatch(
      /^model\.hdf5 \(Keras 2\.1\.3 on tensorflow\) → Model\.mlmodel, 8\d\d\.\d\d KB in \d+\.\d\d s\n {2}in {3}image {13}picture 224 × 224, RGB; pixel × 0\.00784314 − 1\n {2}out {2}labelProbability {2}probabilities by label\n {2}out {2}label {13}the best of 20 labels\n {2}165 layers, 223,684 parameters, Core ML specification 1\n$/,
    );
  });

  it("prints one document with --json, and nothing else", async () => {
    const output = join(temporaryFolder(), "Model.mlmodel");
    const { code, stdout, stderr } = await run(
      ...["convert", SNACKS, output, "--json", "--image-input-names", "input1"],
      ...["--preprocess", "auto", "--class-labels", LABELS],
    );
    expect([code, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      model: {
        file: "model.hdf5",
        name: "sequential_1",
        format: "keras",
        keras: "2.1.3",
        backend: "tensorflow",
      },
      output,
      target: "mlmodel",
      format: "Core ML specification 1",
      specificationVersion: 1,
      inputs: [
        {
          name: "input1",
          type: "image",
          shape: [3, 224, 224],
          axes: [3, 1, 2],
          colorSpace: "RGB",
        },
      ],
      outputs: [
        { name: "output1", type: "probabilities", shape: [20], axes: [1] },
        { name: "classLabel", type: "label", classes: 20 },
      ],
      layers: 165,
      parameters: 223_684,
      preprocessing: [
        {
          input: "input1",
          colors: "RGB",
          scale: [0.00784313725490196, 0.00784313725490196, 0.00784313725490196],
          bias: [-1, -1, -1],
          preset: "tf",
          why: 'Layer "mobilenet_0.25_224/conv_dw_1" and others are those of MobileNet, which is trained with tf preprocessing.',
        },
      ],
      warnings: [],
      bytes: readFileSync(output).length,
      milliseconds: expect.any(Number),
    });
  });

  it("says nothing with --quiet", async () => {
    const output = join(temporaryFolder(), "Model.mlmodel");
    expect(await run("convert", SMALL, output, "--quiet")).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
  });

  it("writes metadata and descriptions", async () => {
    const { model } = await convert(
      SMALL,
      ...["--author", "A. Tester", "--license", "MIT", "--short-description", "Snacks, small"],
      ...["--model-version", "1.2", "--user-defined", "b=2=3", "--user-defined", "a=1"],
      ...["--input-description", "input1=The picture", "--output-description", "output1=Scores"],
    );
    expect(model.description?.metadata).toEqual({
      author: "A. Tester",
      license: "MIT",
      shortDescription: "Snacks, small",
      versionString: "1.2",
      userDefined: new Map([
        ["a", "1"],
        ["b", "2=3"],
      ]),
    });
    const { input, output } = model.description ?? {};
    expect([input?.[0]?.shortDescription, output?.[0]?.shortDescription]).toEqual([
      "The picture",
      "Scores",
    ]);
  });

  it("declares arrays as float32, or as double like coremltools", async () => {
    const typesOf = async (...options: readonly string[]) => {
      const { model } = await convert(SMALL, ...options);
      const features = [...(model.description?.input ?? []), ...(model.description?.output ?? [])];
      return features.map(({ type }) => type?.multiArrayType?.dataType);
    };
    expect(await typesOf()).toEqual(["FLOAT32", "FLOAT32"]);
    expect(await typesOf("--use-float-arraytype")).toEqual(["FLOAT32", "FLOAT32"]);
    expect(await typesOf("--use-double-arraytype")).toEqual(["DOUBLE", "DOUBLE"]);
  });

  it("takes labels from the folders of the training pictures", async () => {
    const folder = temporaryFolder();
    for (const name of ["pear", "apple", "Fig", "plum"]) mkdirSync(join(folder, name));
    const { model } = await convert(SMALL, "--class-labels", folder);
    expect(model.neuralNetworkClassifier?.stringClassLabels?.vector).toEqual([
      "Fig",
      "apple",
      "pear",
      "plum",
    ]);
  });

  it("halves the weights with --model-precision float16", async () => {
    const { model } = await convert(SMALL, "--model-precision", "float16");
    const layers = model.neuralNetwork?.layers ?? [];
    const [convolution] = layers.flatMap((layer) => layer.convolution ?? []);
    expect([model.specificationVersion, convolution?.weights?.floatValue]).toEqual([2, undefined]);
  });

  it("reads weights with their architecture, and layers of the user's own", async () => {
    const folder = join(FIXTURES, "generations/k224");
    const custom = join(temporaryFolder(), "layers.mjs");
    writeFileSync(
      custom,
      `export const layers = [{
        classNames: ["BatchNormalization"],
        slots: () => ["gamma", "beta", "moving_mean", "moving_variance"].map((role) => ({ role })),
        lower: (call) => ({ outputs: call.inputs }),
      }];`,
    );
    const weights = [
      join(folder, "weights.h5"),
      "--architecture",
      join(folder, "architecture.json"),
    ];
    const plain = await convert(weights[0] ?? "", ...weights.slice(1));
    const own = await convert(weights[0] ?? "", ...weights.slice(1), "--custom", custom);
    const count = ({ model }: { readonly model: Model }) =>
      model.neuralNetwork?.layers?.filter((layer) => layer.batchnorm !== undefined).length;
    expect([count(plain), count(own)]).toEqual([2, 0]);
  });
});
