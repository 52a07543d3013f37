import { describe, expect, it } from "vitest";
import { KcError } from "../../src/errors.ts";
import type { FeatureDescription, Model } from "../../src/formats/coreml/types.gen.ts";
import { createInterpreter } from "../../src/verify/index.ts";
import { wiringOf } from "../../src/verify/wiring.ts";

function array(name: string, size = 2): FeatureDescription {
  return { name, type: { multiArrayType: { shape: [size], dataType: "FLOAT32" } } };
}

/** `to = factor * from + 1` */
function member(from: string, to: string, factor: number): Model {
  return {
    specificationVersion: 1,
    description: { input: [array(from)], output: [array(to)] },
    neuralNetwork: {
      layers: [
        {
          name: `times_${factor}`,
          input: [from],
          output: [to],
          activation: { linear: { alpha: factor, beta: 1 } },
        },
      ],
    },
  };
}

function pipeline(models: readonly Model[], output = "c"): Model {
  return {
    specificationVersion: 2,
    description: { input: [array("a")], output: [array(output)] },
    pipeline: { models, names: ["first", "second"] },
  };
}

const a = { shape: [2], data: [1, 2] };

function messageOf(model: Model): string {
  try {
    createInterpreter(model).run({ a });
    return "ran";
  } catch (error) {
    return error instanceof KcError ? `${error.code} ${error.message}` : `foreign ${error}`;
  }
}

describe("a pipeline", () => {
  const both = pipeline([member("a", "b", 2), member("b", "c", 10)]);

  it("runs its members one after the other, by the names of their features", () => {
    const result = createInterpreter(both).run({ a }).get("c");
    expect(typeof result === "object" && "data" in result && [...result.data]).toEqual([31, 51]);
  });

  it("may be a member itself, and may end in a regressor", () => {
    const { neuralNetwork, ...rest } = member("c", "d", 3);
    const outer: Model = {
      specificationVersion: 2,
      description: { input: [array("a")], output: [array("d")], predictedFeatureName: "d" },
      pipelineRegressor: {
        pipeline: { models: [both, { ...rest, neuralNetworkRegressor: neuralNetwork }] },
      },
    };
    const result = createInterpreter(outer).run({ a }).get("d");
    expect(typeof result === "object" && "data" in result && [...result.data]).toEqual([94, 154]);
  });

  it("shows the blobs of every member under names of their own, as its wiring says", () => {
    const seen: string[] = [];
    createInterpreter(both).run({ a }, { observe: (name) => seen.push(name) });
    expect(seen).toEqual(["0/a", "0/b", "1/b", "1/c"]);
    const { layers, results } = wiringOf(both);
    expect(layers.map(({ inputs, outputs }) => `${inputs} → ${outputs}`)).toEqual([
      "a → 0/a",
      "0/a → 0/b",
      "0/b → 1/b",
      "1/b → 1/c",
    ]);
    expect(results).toContain("1/c");
  });

  it.each([
    ["bad-config The pipeline has no members.", pipeline([])],
    ['bad-config No member makes the output "z".', pipeline([member("a", "b", 2)], "z")],
    [
      'bad-config Layer "first" (pipeline): Reads the feature "b" before it is made.',
      pipeline([member("b", "c", 2), member("a", "b", 2)]),
    ],
    [
      'unsupported Layer "second" (scaler): Members of this kind are not computed here.',
      pipeline([
        member("a", "b", 2),
        {
          specificationVersion: 1,
          description: { input: [array("b")], output: [array("c")] },
          scaler: {},
        },
      ]),
    ],
  ])("is refused: %s", (message, model) => {
    expect(messageOf(model)).toBe(message);
  });
});

describe("a regressor", () => {
  it("gives the numbers of its predicted feature", () => {
    const { neuralNetwork, description, ...rest } = member("a", "b", 2);
    const model: Model = {
      ...rest,
      description: { ...description, predictedFeatureName: "b" },
      neuralNetworkRegressor: neuralNetwork,
    };
    const result = createInterpreter(model).run({ a }).get("b");
    expect(typeof result === "object" && "data" in result && [...result.data]).toEqual([3, 5]);
    expect(wiringOf(model).labelOutput).toBeUndefined();
  });
});
