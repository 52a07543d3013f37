import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { TARGET_NAMES, TARGETS } from "../../src/cli/targets.ts";
import { decodeModel } from "../../src/formats/coreml/decode.ts";
import type { Model } from "../../src/formats/coreml/types.gen.ts";
import { FIXTURES } from "../cases.ts";
import { temporaryFolder } from "../temporary.ts";
import { run } from "./run.ts";

const SNACKS = join(FIXTURES, "snacks/snacks_mobilenet025/model.hdf5");
const GOLDEN = join(FIXTURES, "snacks/snacks_mobilenet025/golden.mlmodel");
const LABELS = join(FIXTURES, "snacks/labels.txt");
const SMALL = join(FIXTURES, "generations/k224/model.hdf5");
/** What may be given as output. */
const EXPECTED = TARGETS.map(({ expected }) => expected).join(" or ");

function decode(path: string): Model {
  return decodeModel(readFileSync(path));
}

/** Converts to a folder of the test's own and gives the model with what was said. */
async function convert(
  model: string,
  ...options: readonly string[]
): Promise<{ readonly model: Model; readonly stderr: string }> {
  const output = join(temporaryFolder(), "Model.mlmodel");
  const { code, stderr } = await run("convert", model, output, ...options);
  expect([code, stderr]).toEqual([0, expect.not.stringMatching(/^error/)]);
  return { model: decode(output), stderr };
}

/** Asserts a refusal: its exit code and its whole text. */
async function refuse(code: number, text: string, ...argv: readonly string[]): Promise<void> {
  const output = join(temporaryFolder(), "Model.mlmodel");
  const [model = "", ...options] = argv;
  const result = await run("convert", model, output, ...options);
  expect(result).toEqual({ code, stdout: "", stderr: `error: ${text}\n` });
}

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

describe("pictures", () => {
  it("get a warning when the architecture wants something else", async () => {
    const { stderr } = await convert(SNACKS, "--image-input-names", "input1");
    expect(stderr).toContain(
      `warning: The pixels enter the network as they are, from 0 to 255, but: Layer "mobilenet_0.25_224/conv_dw_1" and others are those of MobileNet, which is trained with tf preprocessing.
  Add --preprocess auto; --preprocess none keeps the pixels without this warning.\n`,
    );
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

describe("options that do not fit end with code 2:", () => {
  it.each([
    [
      ["--class-labels", "a,b,c"],
      'There are 3 class labels, but the output "activation_1" has 20 scores.\n  Give exactly one label for each score, in the order of the scores.',
    ],
    [
      ["--class-labels", "a,a,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t"],
      'The class label "a" occurs twice.',
    ],
    [
      ["--binary-labels", "no,yes"],
      '--binary-labels need an output of one number, but "activation_1" has 20 scores.\n  Give one label for each score: --class-labels.',
    ],
    [["--binary-labels", "no"], "--binary-labels gives 1 labels, expected 2: no,yes."],
    [
      ["--input-names", "a,b"],
      "--input-names gives 2 names, but the model has 1 input: mobilenet_0.25_224_input.",
    ],
    [
      ["--image-input-names", "photo"],
      '--image-input-names names "photo", which is none of the model\'s inputs.\n  There are: input1.',
    ],
    [
      ["--preprocess", "tf"],
      "--preprocess needs to know which inputs take a picture.\n  Add --image-input-names, for example: --image-input-names input1",
    ],
    [
      ["--preprocess", "tf", "--image-input-names", "input1", "--red-bias", "1"],
      "--preprocess and a scale or bias of your own exclude each other.\n  Give either --preprocess, or --image-scale and the biases.",
    ],
    [
      ["--use-float-arraytype", "--use-double-arraytype"],
      "--use-float-arraytype and --use-double-arraytype exclude each other.",
    ],
    [["--model-precision", "int8"], '--model-precision is "int8", expected float32 or float16.'],
    [["--red-bias", "x"], '--red-bias is "x", expected a number such as -1, 0.5 or 2/255.'],
    [
      ["--input-shape", "1,128,128,3"],
      'The shape (1, 128, 128, 3) given for input "mobilenet_0.25_224_input" contradicts the file, where it is (null, 224, 224, 3).',
    ],
    [
      ["--backend", "torchy"],
      'The backend "torchy" is not known, expected one of tensorflow, theano, cntk, jax, torch.',
    ],
  ])("%j", async (options, text) => {
    await refuse(2, text, SNACKS, ...options);
  });
});

describe("inputs that are no model end with code 3:", () => {
  const bytes = readFileSync(SMALL);
  it.each([
    [
      "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n",
      "model.h5: This is a Git LFS pointer, not the model; the model itself has 12345 bytes.\n  Fetch the model: git lfs pull",
    ],
    [
      "<!DOCTYPE html><html></html>",
      "model.h5: This is a web page, not a model.\n  The download was answered by a login or error page. Fetch the file itself, the raw one.",
    ],
    ["", "model.h5: The file is empty (0 bytes).\n  Fetch it again."],
    [
      bytes.subarray(0, 20_000),
      "model.h5: The HDF5 file is truncated at byte 20000 of 38400.\n  The download or copy was interrupted; fetch the file again.",
    ],
  ])("%.20s", async (content, text) => {
    const path = join(temporaryFolder(), "model.h5");
    writeFileSync(path, content);
    await refuse(3, text, path);
  });

  it("a file that is not there", async () => {
    await refuse(
      3,
      "no/model.h5 cannot be opened: it does not exist.\n  Check the path and the spelling.",
      "no/model.h5",
    );
  });

  it("weights without their architecture", async () => {
    await refuse(
      3,
      "weights.h5: This file holds weights only, not the architecture: those of 10 layers (input_1, conv1, conv1_bn, conv1_relu, conv_dw_1, conv_dw_1_bn, …).\n  Give the architecture too: --architecture model.json, made with model.to_json() in Keras.",
      join(FIXTURES, "generations/k224/weights.h5"),
    );
  });

  it("an architecture that lacks some of its weights", async () => {
    const text = readFileSync(join(FIXTURES, "generations/k224/architecture.json"), "utf8");
    const dense = '"class_name": "Dense", "config": {"name": "prob", "units": 4}';
    const path = join(temporaryFolder(), "model.json");
    const activation = /"class_name": "Activation", "config": \{"name": "prob"[^}]*\}/;
    writeFileSync(path, text.replace(activation, dense));
    await refuse(
      3,
      'weights.h5: No weights are stored for layer "prob".\n  The architecture and the weights are not of the same model; one of them may be without its top layers.',
      join(FIXTURES, "generations/k224/weights.h5"),
      ...["--architecture", path],
    );
  });
});

describe("models that cannot be expressed end with code 4:", () => {
  it("Lambda, whose code is never run", async () => {
    await refuse(
      4,
      'Layer "lambda_1" (Lambda): its body is Python byte code stored in the file. Running code from a model file is dangerous and is never done here.\n  Say what "lambda_1" computes in a layer spec of your own (--custom FILE.mjs), or replace it in the model by Keras layers.',
      join(FIXTURES, "micro/refuse_lambda/model.hdf5"),
    );
  });

  it("Model.mlpackage, a target of later", async () => {
    expect(await run("convert", SMALL, "Model.mlpackage")).toEqual({
      code: 4,
      stdout: "",
      stderr: `error: Writing ML Programs (.mlpackage) is not possible yet; it comes in a later version.\n  Give ${EXPECTED}.\n`,
    });
  });

  it("but an output of no known kind is wrong usage", async () => {
    expect(await run("convert", SMALL, "model")).toEqual({
      code: 2,
      stdout: "",
      stderr: `error: model does not say what to write, expected ${EXPECTED}.\n  Give such an output, or say what it is: --to ${TARGET_NAMES.join(" or ")}.\n`,
    });
  });
});

describe("a fault of kc itself", () => {
  it("ends with code 1 and says how to report it", async () => {
    const custom = join(temporaryFolder(), "layers.mjs");
    writeFileSync(
      custom,
      'export default { classNames: ["Flatten"], lower() { return nothing; } };',
    );
    const output = join(temporaryFolder(), "Model.mlmodel");
    const { code, stderr } = await run("convert", SMALL, output, "--custom", custom);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^error: .*nothing is not defined.*\n {2}This is a fault of kc, not of your model\. Please report it with the command, the model if you may share it, and these lines:\n {2}kc \d+\.\d+\.\d+, Node v\d+/,
    );
  });
});
