import { describe, expect, it } from "vitest";
import type { Model, NeuralNetwork } from "../../src/formats/coreml/types.gen.ts";
import { bytesOf, edited, refusalOf, smallModel } from "./edited.ts";

function renamed(model: Model, rename: Readonly<Record<string, string>>) {
  return edited(bytesOf(model), { rename });
}

const feature = (name: string) => ({
  name,
  type: { multiArrayType: { shape: [2], dataType: "FLOAT32" as const } },
});

describe("renaming in a network", () => {
  it("follows a name into layers, branches, loops, preprocessing and losses", () => {
    const inner: NeuralNetwork = {
      layers: [{ name: "x", input: ["x"], output: ["inner"], softmax: {} }],
    };
    const { model, changes } = renamed(
      smallModel({
        description: {
          input: [feature("x")],
          output: [feature("y")],
          trainingInput: [feature("x"), feature("y_true")],
        },
        neuralNetwork: {
          layers: [
            { name: "one", input: ["x"], output: ["y"], softmax: {} },
            { name: "two", input: ["y"], branch: { ifBranch: inner, elseBranch: inner } },
            {
              name: "three",
              loop: { conditionVar: "x", conditionNetwork: inner, bodyNetwork: inner },
            },
          ],
          preprocessing: [{ featureName: "x", scaler: { channelScale: 1 } }],
          updateParams: {
            lossLayers: [
              { name: "loss", categoricalCrossEntropyLossLayer: { input: "y", target: "y_true" } },
            ],
          },
        },
      }),
      { x: "image", y_true: "answer" },
    );
    const text = JSON.stringify(model);
    expect(text.match(/"image"/g)).toHaveLength(9);
    expect(text.match(/"answer"/g)).toHaveLength(2);
    // What is left is the name of a layer, twice four times: networks inside are four.
    expect(text.match(/"x"/g)).toHaveLength(4);
    expect(changes).toEqual([
      '"x" is now "image", in 9 places',
      '"y_true" is now "answer", in 2 places',
    ]);
  });

  it("lets two names change places", () => {
    const { model } = renamed(smallModel(), { x: "y", y: "x" });
    expect(model.neuralNetwork?.layers?.[0]).toMatchObject({ input: ["y"], output: ["x"] });
    expect(model.description?.input?.[0]?.name).toBe("y");
  });

  it("makes room where something inside is called so already", () => {
    const { model, changes } = renamed(
      smallModel({
        neuralNetwork: {
          layers: [
            { name: "one", input: ["x"], output: ["image"], softmax: {} },
            { name: "two", input: ["image"], output: ["image_1"], softmax: {} },
            { name: "three", input: ["image_1"], output: ["y"], softmax: {} },
          ],
        },
      }),
      { x: "image" },
    );
    expect(model.neuralNetwork?.layers?.map(({ input, output }) => [input, output])).toEqual([
      [["image"], ["image_2"]],
      [["image_2"], ["image_1"]],
      [["image_1"], ["y"]],
    ]);
    expect(changes[1]).toBe('"image" inside is now "image_2", to make room');
  });

  it("renames scores and label of a classifier, but no blob that happens to be called like the label", () => {
    const { model } = renamed(
      {
        specificationVersion: 1,
        description: {
          input: [feature("x")],
          output: [feature("p"), feature("label")],
          predictedFeatureName: "label",
          predictedProbabilitiesName: "p",
        },
        neuralNetworkClassifier: {
          layers: [
            { name: "one", input: ["x"], output: ["label"], softmax: {} },
            { name: "two", input: ["label"], output: ["p"], softmax: {} },
          ],
          labelProbabilityLayerName: "p",
          stringClassLabels: { vector: ["label", "p"] },
        },
      },
      { label: "best", p: "scores" },
    );
    expect(model.description).toMatchObject({
      output: [{ name: "scores" }, { name: "best" }],
      predictedFeatureName: "best",
      predictedProbabilitiesName: "scores",
    });
    expect(model.neuralNetworkClassifier).toMatchObject({
      layers: [{ output: ["label"] }, { input: ["label"], output: ["scores"] }],
      labelProbabilityLayerName: "scores",
      stringClassLabels: { vector: ["label", "p"] },
    });
  });
});

describe("renaming in a pipeline", () => {
  const member = (from: string, to: string): Model =>
    smallModel({
      description: { input: [feature(from)], output: [feature(to)] },
      neuralNetwork: { layers: [{ name: "one", input: [from], output: [to], softmax: {} }] },
    });

  it("renames in every model, also nested ones, and makes room between them", () => {
    const { model } = renamed(
      {
        specificationVersion: 1,
        description: { input: [feature("x")], output: [feature("y")] },
        pipeline: {
          models: [
            member("x", "middle"),
            {
              specificationVersion: 1,
              description: { input: [feature("middle")], output: [feature("y")] },
              pipelineClassifier: { pipeline: { models: [member("middle", "y")] } },
            },
          ],
          names: ["x", "y"],
        },
      },
      { x: "middle", y: "z" },
    );
    const [first, second] = model.pipeline?.models ?? [];
    expect(first?.neuralNetwork?.layers?.[0]).toMatchObject({
      input: ["middle"],
      output: ["middle_1"],
    });
    expect(second?.description).toMatchObject({
      input: [{ name: "middle_1" }],
      output: [{ name: "z" }],
    });
    const innermost = second?.pipelineClassifier?.pipeline?.models?.[0];
    expect(innermost?.neuralNetwork?.layers?.[0]).toMatchObject({
      input: ["middle_1"],
      output: ["z"],
    });
    expect(model.pipeline?.names).toEqual(["x", "y"]);
  });
});

describe("renaming in other kinds of models", () => {
  it("finds the fields that name features", () => {
    const description = { input: [feature("x")], output: [feature("y")] };
    const suppression = renamed(
      {
        specificationVersion: 3,
        description,
        nonMaximumSuppression: {
          confidenceInputFeatureName: "x",
          coordinatesOutputFeatureName: "y",
        },
      },
      { x: "a", y: "b" },
    );
    expect(suppression.model.nonMaximumSuppression).toEqual({
      confidenceInputFeatureName: "a",
      coordinatesOutputFeatureName: "b",
    });
    const vectorizer = renamed(
      {
        specificationVersion: 1,
        description,
        featureVectorizer: { inputList: [{ inputColumn: "x" }] },
      },
      { x: "a" },
    );
    expect(vectorizer.model.featureVectorizer?.inputList).toEqual([{ inputColumn: "a" }]);
  });

  it("does not touch names that lie in another file", () => {
    const model: Model = { ...smallModel(), neuralNetwork: undefined, linkedModel: {} };
    expect(refusalOf(model, { rename: { x: "a" } })).toBe(
      "unsupported The names of a model that lies in another file cannot be changed here.",
    );
  });
});

describe("renaming in an ML Program", () => {
  const typed = (name: string) => ({ name });
  const program: Model = {
    specificationVersion: 9,
    description: {
      functions: [
        { name: "main", input: [feature("x")], output: [feature("y")], state: [feature("memory")] },
        { name: "other", input: [feature("z")], output: [feature("w")] },
      ],
      defaultFunctionName: "main",
    },
    mlProgram: {
      version: 1,
      functions: new Map([
        [
          "main",
          {
            inputs: [typed("x"), typed("memory")],
            opset: "CoreML8",
            blockSpecializations: new Map([
              [
                "CoreML8",
                {
                  outputs: ["y"],
                  operations: [
                    {
                      type: "cond",
                      inputs: new Map([["x", { arguments: [{ name: "x" }, { name: "memory" }] }]]),
                      outputs: [typed("image")],
                      blocks: [{ inputs: [typed("inner")], outputs: ["x"], operations: [] }],
                    },
                    {
                      type: "relu",
                      inputs: new Map([["x", { arguments: [{ name: "image" }] }]]),
                      outputs: [typed("y")],
                    },
                  ],
                },
              ],
            ]),
          },
        ],
        [
          "other",
          {
            inputs: [typed("z")],
            blockSpecializations: new Map([
              [
                "CoreML8",
                { outputs: ["w"], operations: [{ type: "relu", outputs: [typed("x")] }] },
              ],
            ]),
          },
        ],
      ]),
    },
  };

  it("follows values through functions, blocks, operations and states, where the function has them", () => {
    const { model } = renamed(program, { x: "image", y: "result", memory: "store" });
    expect(model.description?.functions?.[0]).toMatchObject({
      input: [{ name: "image" }],
      output: [{ name: "result" }],
      state: [{ name: "store" }],
    });
    const main = model.mlProgram?.functions?.get("main");
    expect(main?.inputs).toEqual([{ name: "image" }, { name: "store" }]);
    const block = main?.blockSpecializations?.get("CoreML8");
    expect(block?.outputs).toEqual(["result"]);
    const [cond, relu] = block?.operations ?? [];
    expect(cond?.inputs?.get("x")?.arguments).toEqual([{ name: "image" }, { name: "store" }]);
    expect(cond?.outputs).toEqual([{ name: "image_1" }]);
    expect(cond?.blocks?.[0]?.outputs).toEqual(["image"]);
    expect(relu?.inputs?.get("x")?.arguments).toEqual([{ name: "image_1" }]);
    const other = model.mlProgram?.functions?.get("other")?.blockSpecializations?.get("CoreML8");
    expect(other?.operations?.[0]?.outputs).toEqual([{ name: "x" }]);
  });

  it("refuses names that a program cannot have", () => {
    expect(refusalOf(program, { rename: { x: "1st image" } })).toBe(
      'bad-option rename: an ML Program cannot have a value called "1st image".\n  Names begin with a letter or _, and go on with letters, digits, _ and @.',
    );
  });
});

describe("what cannot be renamed", () => {
  it.each([
    [
      "names that are not there",
      { a: "b" },
      'rename: the model has no input or output "a".\n  There are: x, y.',
    ],
    [
      "names that others have",
      { x: "y" },
      'rename: two inputs or outputs would be called "y".\n  Rename the other one as well.',
    ],
    ["empty names", { x: "" }, 'rename: "x" gets an empty name.'],
  ])("is told: %s", (_, rename, text) => {
    expect(refusalOf(smallModel(), { rename })).toBe(`bad-option ${text}`);
  });

  it("is warned of where Swift has no such name", () => {
    const { warnings } = renamed(smallModel(), { x: "input image", y: "class" });
    expect(warnings.map(({ text }) => text)).toEqual([
      '"input image" is no name in Swift, so the class that Xcode makes calls it otherwise.',
      '"class" is a word of Swift, so the class that Xcode makes calls it otherwise.',
    ]);
  });
});
