import { describe, expect, test } from "vitest";
import { KcError } from "../../../src/errors.ts";
import type { Graph } from "../../../src/ir/graph.ts";
import { type CoreMLOptions, writeCoreML } from "../../../src/targets/coreml-nn/index.ts";
import { buildGraph } from "./build-graph.ts";
import { pictureModel } from "./sample-models.ts";

const picture = pictureModel();

function errorOf(graph: Graph, options: unknown): readonly [code: string, message: string] {
  try {
    writeCoreML(graph, optionsFrom(options));
    return ["none", ""];
  } catch (error) {
    if (!(error instanceof KcError)) throw error;
    return [error.code, error.message];
  }
}

/** Options as JavaScript callers may give them. */
function optionsFrom(options: unknown): CoreMLOptions {
  return JSON.parse(JSON.stringify(options));
}

describe("options that make no sense", () => {
  const cases: readonly (readonly [string, Graph, unknown, string])[] = [
    [
      "an unknown option",
      picture,
      { inputName: "image" },
      `"inputName" is not an option of writeCoreML.
  Options: inputNames, outputNames, imageInputNames, isBgr, redBias, greenBias, blueBias, grayBias, imageScale, preprocessing, classLabels, predictedFeatureName, predictedProbabilitiesOutput, binaryLabels, modelPrecision, arrayType, respectTrainable, customLayers, author, license, shortDescription, modelVersion, userDefined, inputDescriptions, outputDescriptions.`,
    ],
    [
      "a name where a list is wanted",
      picture,
      { inputNames: "image" },
      'inputNames must be a list of names, but is "image".',
    ],
    [
      "a bias that is no number",
      picture,
      { redBias: "-1" },
      'redBias must be a number, but is "-1".',
    ],
    [
      "too many input names",
      picture,
      { inputNames: ["a", "b"] },
      "inputNames gives 2 names, but the model has 1 input: in_1.",
    ],
    [
      "one name for input and output",
      picture,
      { inputNames: ["a"], outputNames: ["a"] },
      'The name "a" is given to two inputs or outputs.',
    ],
    [
      "an image input that does not exist",
      picture,
      { imageInputNames: ["image"] },
      `imageInputNames names "image", which is none of the model's inputs.
  There are: input1.`,
    ],
    [
      "a bias without pictures",
      picture,
      { redBias: -1, imageScale: 2 },
      `No input takes a picture, which these concern: redBias, imageScale.
  Name the inputs that take a picture: imageInputNames.`,
    ],
    [
      "a description of nothing",
      picture,
      { outputDescriptions: { label: "x" } },
      `outputDescriptions names "label", which is none of the model's outputs.
  There are: output1.`,
    ],
    [
      "a picture of two channels",
      pictureModel([8, 6, 2]),
      { imageInputNames: ["input1"] },
      'The input "input1" has shape (null, 8, 6, 2), which is no picture: that takes height, width and 1 or 3 channels.',
    ],
    [
      "a vector as a picture",
      buildGraph([[4]], (add, x) =>
        add({ kind: "activation", activation: { fn: "tanh" }, weights: {} }, x),
      ),
      { imageInputNames: ["input1"] },
      'The input "input1" has shape (null, 4), which is no picture: that takes height, width and 1 or 3 channels.',
    ],
    [
      "too few labels",
      picture,
      { classLabels: ["ant", "bee"] },
      `There are 2 class labels, but the output "out_1" has 3 scores.
  Give exactly one label for each score, in the order of the scores.`,
    ],
    [
      "a label twice",
      picture,
      { classLabels: ["ant", "bee", "ant"] },
      'The class label "ant" occurs twice.',
    ],
    [
      "labels for a single sigmoid",
      pictureModel([8, 6, 3], 1, "sigmoid"),
      { classLabels: ["no", "yes"] },
      `The output "out_1" is a single number, so 2 class labels do not fit it.
  A yes-or-no model takes --binary-labels no,yes, which makes the two scores [1 - p, p].`,
    ],
    [
      "binary labels for three scores",
      picture,
      { binaryLabels: ["no", "yes"] },
      `binaryLabels need an output of one number, but "out_1" has 3 scores.
  Give one label for each score: classLabels.`,
    ],
    [
      "labels of both kinds",
      picture,
      { classLabels: ["a", 1, "c"] },
      'classLabels must be a list of texts or of whole numbers, but is ["a",1,"c"].',
    ],
    [
      "probabilities without labels",
      picture,
      { predictedProbabilitiesOutput: "output1" },
      `predictedProbabilitiesOutput is given, but no class labels.
  Only a classifier has probabilities: give classLabels.`,
    ],
    [
      "both kinds of labels",
      picture,
      { classLabels: ["a", "b", "c"], binaryLabels: ["no", "yes"] },
      "classLabels and binaryLabels exclude each other.",
    ],
    [
      "training without a loss in the file",
      picture,
      { respectTrainable: true },
      `respectTrainable needs the loss and the optimizer, but the file holds none: the model was saved uncompiled or without them.
  Compile the model in Keras and save it again.`,
    ],
    [
      "preprocessing and a bias",
      picture,
      {
        imageInputNames: ["input1"],
        preprocessing: { name: "tf", colorOrder: "rgb", scale: [1, 1, 1], bias: [0, 0, 0] },
        redBias: 1,
      },
      "preprocessing and redBias exclude each other.",
    ],
  ];
  for (const [name, graph, options, text] of cases) {
    test(name, () => expect(errorOf(graph, options)).toEqual(["bad-option", text]));
  }
});

describe("what cannot be expressed", () => {
  test("all of it is reported at once, with layer and reason", () => {
    const graph = buildGraph([[4, 4, 3]], (add, x) => {
      const sparse = add(
        { kind: "activation", activation: { fn: "sparsemax", axis: 3 }, weights: {} },
        x,
      );
      const mirrored = add(
        {
          kind: "pad",
          mode: "symmetric",
          value: 0,
          amounts: [
            [0, 0],
            [1, 1],
            [1, 1],
            [0, 0],
          ],
          weights: {},
        },
        x,
      );
      return [sparse, mirrored];
    });
    expect(errorOf(graph, {})).toEqual([
      "unsupported",
      `Layer "activation_1" (activation): sparsemax needs its input sorted, for which Core ML networks have no exact layer.
  Change the layer in Keras, or supply one of your own that is made of other layers (--custom FILE.mjs).
Layer "pad_1" (pad): symmetric padding, which repeats the border element, has no layer in Core ML networks.
  Change the layer in Keras, or supply one of your own that is made of other layers (--custom FILE.mjs).`,
    ]);
  });
});
