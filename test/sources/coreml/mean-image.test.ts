import { expect, test } from "vitest";
import type { Model } from "../../../src/formats/coreml/types.gen.ts";
import { readCoreML } from "../../../src/sources/coreml/index.ts";
import { evaluate } from "../../../src/verify/graph/evaluate.ts";

const MODEL: Model = {
  specificationVersion: 1,
  description: {
    input: [{ name: "image", type: { imageType: { width: 2, height: 1, colorSpace: "BGR" } } }],
    output: [{ name: "out", type: { multiArrayType: {} } }],
  },
  neuralNetwork: {
    preprocessing: [
      { featureName: "image", meanImage: { meanImage: [1, 2, 3, 4, 5, 6] } },
      { featureName: "image", scaler: { channelScale: 2, redBias: 100, blueBias: 10 } },
    ],
    layers: [
      {
        name: "same",
        input: ["image"],
        output: ["out"],
        activation: { linear: { alpha: 1, beta: 0 } },
      },
    ],
  },
};

test("an image that is taken off pictures becomes a step of the graph, and so does what follows it", () => {
  const { graph, statement } = readCoreML(MODEL);
  expect(statement.images[0]?.preprocessing).toMatchObject({
    colorOrder: "bgr",
    scale: [1, 1, 1],
    bias: [0, 0, 0],
  });
  // two pixels, blue, green and red of each; the mean image has all blues first
  const data = Float64Array.of(10, 20, 30, 40, 50, 60);
  const [out] = evaluate(graph, new Map([["image", { shape: [1, 1, 2, 3], data }]]));
  expect(out?.shape).toEqual([1, 1, 2, 3]);
  expect([...(out?.data ?? [])]).toEqual([28, 34, 150, 86, 92, 208]);
});

test("an image of another size is refused", () => {
  const preprocessing = [{ featureName: "image", meanImage: { meanImage: [1] } }];
  const model = { ...MODEL, neuralNetwork: { ...MODEL.neuralNetwork, preprocessing } };
  expect(() => readCoreML(model)).toThrow(
    'The mean image of "image" has 1 numbers, expected [3, 1, 2].',
  );
});
