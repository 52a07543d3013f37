import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { collectBytes } from "../../src/formats/bytes.ts";
import { encodeModel } from "../../src/formats/coreml/encode.ts";
import type { Model, NeuralNetworkLayer } from "../../src/formats/coreml/types.gen.ts";
import { FIXTURES } from "../cases.ts";
import { temporaryFolder } from "../temporary.ts";
import { run } from "./run.ts";

const SNACKS = join(FIXTURES, "snacks/snacks_mobilenet025");
const PACKAGES = join(FIXTURES, "mlpackage/examples");

async function inspectJson(path: string, ...flags: readonly string[]) {
  const { code, stdout, stderr } = await run("inspect", path, "--json", ...flags);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

/** Writes a model made by a test, and inspects it. */
async function inspectModel(model: Model, ...flags: readonly string[]) {
  const path = join(temporaryFolder(), "m.mlmodel");
  writeFileSync(path, collectBytes(encodeModel(model)));
  return inspectJson(path, ...flags);
}

function network(...layers: readonly NeuralNetworkLayer[]): Model {
  return { specificationVersion: 5, description: {}, neuralNetwork: { layers } };
}

describe("kc inspect of a .mlmodel", () => {
  it("says what it is, what it takes and gives, and who made it", async () => {
    const { code, stdout } = await run("inspect", join(SNACKS, "golden.mlmodel"));
    expect(code).toBe(0);
    expect(stdout.split("\n\n")[0]).toBe(
      `file                golden.mlmodel, 898.24 KB
container           Core ML model
kind                neural network classifier, specification 1: iOS 11, macOS 10.13 or newer
written by          coremltools 3.4
input               image  picture 224 × 224, RGB  – The input image
output              labelProbability  probabilities by text  – Probability for each label
output              label  text  – Predicted label
preprocessing       image  pixel × 0.00784314 − 1, which is tf
labels              20: apple, banana, cake, candy, carrot, cookie, doughnut, grape, …
layers              165 layers: activation 81, batchnorm 27, convolution 27, unary 27, innerProduct 1, pooling 1, softmax 1
description         Image classifier for 20 different types of snacks
author              Your Name Here
license             Public Domain
coremltoolsVersion  3.4`,
    );
  });

  it("gives the statistics of the Keras file it was made from", async () => {
    const keras = await inspectJson(join(SNACKS, "model.hdf5"));
    const coreML = await inspectJson(join(SNACKS, "golden.mlmodel"));
    const numbers = ({ min, max, zeros, nans, infinities }: Record<string, number>) =>
      [min, max, zeros, nans, infinities].join();
    const kernels = keras.arrays.filter(({ path }: { path: string }) => /kernel:0$/.test(path));
    const weights = coreML.arrays.filter(({ path }: { path: string }) => /\/weights$/.test(path));
    expect(weights).toHaveLength(28);
    expect(weights.map(numbers).sort()).toEqual(
      kernels
        .filter(({ path }: { path: string }) => path.startsWith("/model_weights"))
        .map(numbers)
        .sort(),
    );
    expect(weights[0].shape).toEqual([8, 3, 3, 3]);
  });

  it("knows every form of weights, in layers that nothing else knows too", async () => {
    const { arrays, model } = await inspectModel(
      network(
        {
          name: "half",
          innerProduct: {
            inputChannels: 2,
            outputChannels: 1,
            weights: { float16Value: Uint8Array.of(0x00, 0x3c, 0x00, 0xc0) },
          },
        },
        {
          name: "linear",
          convolution: {
            outputChannels: 2,
            kernelChannels: 1,
            kernelSize: [1, 1],
            weights: {
              rawValue: Uint8Array.of(0b1000_0000),
              quantization: {
                numberOfBits: 2,
                linearQuantization: { scale: [0.5, 1], bias: [1, -1] },
              },
            },
          },
        },
        {
          name: "table",
          embeddingND: {
            embeddingSize: 3,
            vocabSize: 1,
            weights: {
              rawValue: Uint8Array.of(0b0100_0000),
              quantization: { numberOfBits: 1, lookupTableQuantization: { floatValue: [7, 9] } },
            },
          },
        },
        { name: "slope", activation: { PReLU: { alpha: { floatValue: [Number.NaN, 0, 3] } } } },
        { name: "rank", oneHot: { oneHotVectorSize: 3 } },
      ),
    );
    const [half, linear, table, slope] = arrays;
    expect(half).toMatchObject({
      path: "half/weights",
      shape: [1, 2],
      dtype: "float16",
      min: -2,
      max: 1,
    });
    expect(linear).toMatchObject({ dtype: "2-bit", storage: "linear", shape: [2, 1, 1, 1] });
    expect([linear.min, linear.max]).toEqual([-1, 2]);
    expect(table).toMatchObject({ dtype: "1-bit", storage: "lookup table", min: 7, max: 9 });
    expect(slope).toMatchObject({ path: "slope/PReLU/alpha", nans: 1, zeros: 1, max: 3 });
    expect(model.layers).toContainEqual(["oneHot", 1]);
  });

  it("says how pictures and arrays may vary, and how a model is trained", async () => {
    const { model } = await inspectModel({
      specificationVersion: 4,
      isUpdatable: true,
      description: {
        input: [
          {
            name: "p",
            type: {
              imageType: {
                width: 8,
                height: 6,
                colorSpace: "BGR",
                imageSizeRange: {
                  widthRange: { lowerBound: 4, upperBound: -1 },
                  heightRange: { lowerBound: 6, upperBound: 12 },
                },
              },
            },
          },
          {
            name: "a",
            type: {
              multiArrayType: {
                shape: [2],
                dataType: "INT32",
                enumeratedShapes: { shapes: [{ shape: [2] }, { shape: [3] }] },
              },
              isOptional: true,
            },
          },
        ],
      },
      neuralNetwork: {
        layers: [{ name: "d", isUpdatable: true, innerProduct: {} }],
        preprocessing: [
          {
            featureName: "p",
            scaler: { channelScale: 1, redBias: -123.68, greenBias: -116.779, blueBias: -103.939 },
          },
        ],
        updateParams: {
          lossLayers: [{ meanSquaredErrorLossLayer: { input: "y", target: "y_true" } }],
          optimizer: { sgdOptimizer: { learningRate: { defaultValue: 0.1 } } },
        },
      },
    });
    expect(model.inputs).toMatchObject([
      { type: "picture 8 × 6, width 4–∞, height 6–12, BGR" },
      { type: "array 2 or 3, int32", optional: true },
    ]);
    expect(model.preprocessing).toEqual([
      { input: "p", steps: "red − 123.68, green − 116.779, blue − 103.939", preset: "caffe" },
    ]);
    expect(model.training).toEqual({
      layers: ["d"],
      setup: ["mean squared error of y and y_true", "SGD", "learning rate 0.1"],
    });
  });

  it("shows the models of a pipeline one after another", async () => {
    const member = network({ name: "s", softmax: {} });
    const path = join(temporaryFolder(), "m.mlmodel");
    const pipeline: Model = {
      specificationVersion: 5,
      description: {},
      pipelineClassifier: {
        pipeline: { models: [member, { ...member, neuralNetwork: undefined, scaler: {} }] },
      },
    };
    writeFileSync(path, collectBytes(encodeModel(pipeline)));
    const { stdout } = await run("inspect", path);
    expect(stdout).toBe(`file       m.mlmodel, 35.00 B
container  Core ML model
kind       pipeline classifier, specification 5: iOS 14, macOS 11 or newer

model   1
kind    neural network, specification 5: iOS 14, macOS 11 or newer
layers  1 layer: softmax 1

model  2
kind   scaler, specification 5: iOS 14, macOS 11 or newer
`);
  });

  it("says what it does not know, and shows the rest", async () => {
    const path = join(temporaryFolder(), "m.mlmodel");
    const bytes = collectBytes(encodeModel(network({ name: "s", softmax: {} })));
    // neuralNetwork { layers { name "t", field 9999 } }
    const later = [0xa2, 0x1f, 0x0a, 0x0a, 0x08, 0x0a, 0x01, 0x74, 0xfa, 0xf0, 0x04, 0x01, 0x78];
    writeFileSync(path, Uint8Array.from([...bytes, ...later]));
    const { code, stdout, stderr } = await run("inspect", path, "--tree");
    expect(code).toBe(0);
    expect(stdout).toContain("layers     1 layer: of a later format 1");
    expect(stdout).toContain("#9999  not known: 1 bytes, CRC-32 8cdc1683");
    expect(stderr).toBe(
      "warning: neuralNetwork.layers.#9999 is not known here: the file is damaged, or of a later format.\n",
    );
  });

  it("shows the message as a tree, weights as checksums", async () => {
    const { stdout } = await run("inspect", join(SNACKS, "golden.mlmodel"), "--tree", "--no-stats");
    expect(stdout).toContain(`
  metadata
    shortDescription  "Image classifier for 20 different types of snacks"
    author  "Your Name Here"
    license  "Public Domain"
    userDefined["coremltoolsVersion"]  "3.4"
`);
    expect(stdout).toMatch(/\n {8}floatValue {2}5120 numbers, 20480 bytes, CRC-32 [0-9a-f]{8}\n/);
  });
});

describe("kc inspect of a .mlpackage", () => {
  it("shows operations and the arrays of the weight file", async () => {
    const { model, arrays, container } = await inspectJson(join(PACKAGES, "cnn-int8.mlpackage"));
    expect(container).toEqual({
      kind: "mlpackage",
      zipped: false,
      path: "Data/com.apple.CoreML/model.mlmodel",
    });
    expect(model.kind).toBe("ML Program");
    expect(model.labels).toEqual({ count: 3, type: "text", first: ["cat", "dog", "bird"] });
    expect(model.layers).toContainEqual(["constexpr_affine_dequantize", 3]);
    expect(arrays).toHaveLength(7);
    expect(arrays[0]).toMatchObject({ dtype: "int8", shape: [8, 3, 3, 3], min: -128, max: 127 });
  });

  it("opens zipped packages", async () => {
    const inside = "Data/com.apple.CoreML";
    const read = (path: string) =>
      new Uint8Array(readFileSync(join(PACKAGES, "cnn-fp16.mlpackage", path)));
    const names = ["Manifest.json", `${inside}/model.mlmodel`, `${inside}/weights/weight.bin`];
    const path = join(temporaryFolder(), "m.zip");
    writeFileSync(
      path,
      zipSync(Object.fromEntries(names.map((name) => [`m/${name}`, read(name)]))),
    );
    const { container, arrays } = await inspectJson(path);
    expect(container).toEqual({
      kind: "mlpackage",
      zipped: true,
      path: `m/${inside}/model.mlmodel`,
    });
    expect(arrays[0].max).not.toBeNull();
  });

  it("says what a folder is that is none", async () => {
    const { code, stderr } = await run("inspect", FIXTURES);
    expect(code).toBe(3);
    expect(stderr).toContain("is a folder without Manifest.json, so it is no Core ML package.");
  });
});

describe("kc inspect --tree of a .keras archive", () => {
  it("shows its files with checksums, and what is in the weights", async () => {
    const path = join(FIXTURES, "generations/k3151/model.keras");
    const { stdout } = await run("inspect", path, "--tree", "--no-stats");
    expect(stdout).toMatch(
      /\nmetadata\.json {2}64 bytes, stored, CRC-32 [0-9a-f]{8}\nconfig\.json /,
    );
  });
});
