import { describe, expect, it } from "vitest";
import type { Model } from "../../src/formats/coreml/types.gen.ts";
import { openCase } from "../cases.ts";
import { bytesOf, edited, goldenBytes, refusalOf, smallModel } from "./edited.ts";

const classifier = (scores: number): Model => ({
  specificationVersion: 1,
  description: {
    input: [{ name: "x" }],
    output: [
      { name: "p", type: { dictionaryType: { int64KeyType: {} } } },
      { name: "label", type: { int64Type: {} } },
    ],
    trainingInput: [{ name: "label", type: { int64Type: {} } }],
    predictedFeatureName: "label",
    predictedProbabilitiesName: "p",
  },
  neuralNetworkClassifier: {
    layers: [
      { name: "d", input: ["x"], output: ["z"], innerProduct: { outputChannels: scores } },
      { name: "s", input: ["z"], output: ["p"], softmax: {} },
    ],
    int64ClassLabels: { vector: [0, 1] },
  },
});

describe("class labels", () => {
  it("replace those of a network", () => {
    const before = goldenBytes(openCase("snacks/snacks_mobilenet025"));
    const labels = edited(before, {}).model.neuralNetworkClassifier?.stringClassLabels?.vector;
    const classLabels = (labels ?? []).map((label) => label.toUpperCase());
    const { model, changes } = edited(before, { classLabels });
    expect(model.neuralNetworkClassifier?.stringClassLabels?.vector).toEqual(classLabels);
    expect(changes[0]).toBe('label 0: "apple" → "APPLE"');
    expect(changes.at(-1)).toBe("and 10 more labels");
  });

  it("may be texts instead of numbers, and the outputs follow", () => {
    const { model } = edited(bytesOf(classifier(2)), { classLabels: ["no", "yes"] });
    expect(model.neuralNetworkClassifier).toMatchObject({
      stringClassLabels: { vector: ["no", "yes"] },
    });
    expect(model.neuralNetworkClassifier?.int64ClassLabels).toBeUndefined();
    expect(model.description).toMatchObject({
      output: [{ type: { dictionaryType: { stringKeyType: {} } } }, { type: { stringType: {} } }],
      trainingInput: [{ type: { stringType: {} } }],
    });
    const back = edited(bytesOf(model), { classLabels: [0, 1] });
    expect([...back.bytes]).toEqual([...bytesOf(classifier(2))]);
  });

  it("must be as many as the network has scores, whatever labels it had", () => {
    expect(refusalOf(classifier(3), { classLabels: ["a", "b"] })).toContain(
      "bad-option classLabels gives 2 labels, but the model has 3 scores.",
    );
    const { model } = edited(bytesOf(classifier(3)), { classLabels: ["a", "b", "c"] });
    expect(model.neuralNetworkClassifier?.stringClassLabels?.vector).toHaveLength(3);
  });

  it("must differ, and belong to a classifier", () => {
    expect(refusalOf(classifier(2), { classLabels: ["a", "a"] })).toBe(
      'bad-option classLabels: "a" occurs twice.',
    );
    expect(refusalOf(smallModel(), { classLabels: ["a"] })).toContain("the model is no classifier");
  });

  it("are found in the models of a pipeline", () => {
    const { description = {} } = classifier(2);
    const { model } = edited(
      bytesOf({
        specificationVersion: 1,
        description,
        pipelineClassifier: { pipeline: { models: [smallModel(), classifier(2)] } },
      }),
      { classLabels: ["no", "yes"] },
    );
    const inner = model.pipelineClassifier?.pipeline?.models?.[1];
    expect(inner?.neuralNetworkClassifier?.stringClassLabels?.vector).toEqual(["no", "yes"]);
    expect(model.description?.output?.[1]?.type).toEqual({ stringType: {} });
  });

  it.each(["in place", "as a constant"])("are found in a program: %s", (where) => {
    const list = {
      immediateValue: {
        list: {
          values: ["a", "b"].map((text) => ({
            immediateValue: { tensor: { strings: { values: [text] } } },
          })),
        },
      },
    };
    const constant = {
      type: "const",
      outputs: [{ name: "labels" }],
      attributes: new Map([["val", list]]),
    };
    const classes = where === "in place" ? { value: list } : { name: "labels" };
    const program: Model = {
      specificationVersion: 6,
      description: {},
      mlProgram: {
        functions: new Map([
          [
            "main",
            {
              blockSpecializations: new Map([
                [
                  "CoreML5",
                  {
                    operations: [
                      constant,
                      {
                        type: "classify",
                        inputs: new Map([["classes", { arguments: [classes] }]]),
                      },
                    ],
                  },
                ],
              ]),
            },
          ],
        ]),
      },
    };
    const { bytes } = edited(bytesOf(program), { classLabels: ["cat", "dog"] });
    const text = Buffer.from(bytes).toString("latin1");
    expect(text.match(/cat/g)).toHaveLength(1);
    expect(text.match(/dog/g)).toHaveLength(1);
    expect(refusalOf(program, { classLabels: [1, 2] })).toContain("unsupported Only texts");
    expect(refusalOf(program, { classLabels: ["a"] })).toContain("but the model has 2 labels");
  });
});
