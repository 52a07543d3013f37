import { expect, test } from "vitest";
import type {
  FeatureDescription,
  Model,
  NeuralNetwork,
  NeuralNetworkLayer,
} from "../../src/formats/coreml/types.gen.ts";
import { createInterpreter, runCoreML } from "../../src/verify/index.ts";

const DOUBLE: NeuralNetworkLayer = {
  name: "double",
  input: ["x"],
  output: ["y"],
  multiply: { alpha: 2 },
};

function array(name: string, shape: readonly number[], isOptional = false): FeatureDescription {
  return { name, type: { multiArrayType: { shape, dataType: "FLOAT32" }, isOptional } };
}

function image(name: string, colorSpace: "RGB" | "BGR" | "GRAYSCALE"): FeatureDescription {
  return { name, type: { imageType: { width: 2, height: 1, colorSpace } } };
}

function modelOf(
  input: FeatureDescription,
  layers: readonly NeuralNetworkLayer[],
  more: Omit<NeuralNetwork, "layers"> = {},
  specificationVersion = 1,
): Model {
  return {
    specificationVersion,
    description: { input: [input], output: [array("y", [])] },
    neuralNetwork: { layers, ...more },
  };
}

test.each([
  [[3], [3], [1, 1, 3, 1, 1]],
  [
    [3, 1, 1],
    [3, 1, 1],
    [1, 1, 3, 1, 1],
  ],
  [[3], [2, 1, 3, 1, 1], [2, 1, 3, 1, 1]],
])("classic: declared %j and given %j is a blob %j", (declared, shape, blob) => {
  const data = new Float32Array(shape.reduce((size, dim) => size * dim, 1)).fill(1);
  const outputs = runCoreML(modelOf(array("x", declared), [DOUBLE]), { x: { shape, data } });
  expect(outputs.get("y")).toEqual({ shape: blob, data: data.map(() => 2) });
});

test("exact mapping takes shapes as declared", () => {
  const model = modelOf(array("x", [1, 2]), [DOUBLE], {
    arrayInputShapeMapping: "EXACT_ARRAY_MAPPING",
  });
  const outputs = runCoreML(model, { x: { shape: [1, 2], data: [3, 4] } });
  expect(outputs.get("y")).toEqual({ shape: [1, 2], data: Float32Array.of(6, 8) });
});

test("images become channels in the order of their colour space", () => {
  const pixels = { width: 2, height: 1, pixels: Uint8Array.of(1, 2, 3, 10, 20, 30) };
  const rgb = runCoreML(modelOf(image("x", "RGB"), [DOUBLE]), { x: pixels });
  expect(rgb.get("y")).toEqual({
    shape: [1, 1, 3, 1, 2],
    data: Float32Array.of(2, 20, 4, 40, 6, 60),
  });
  const bgr = modelOf(image("x", "BGR"), [DOUBLE], {
    imageInputShapeMapping: "RANK4_IMAGE_MAPPING",
  });
  expect(runCoreML(bgr, { x: pixels }).get("y")).toEqual({
    shape: [1, 3, 1, 2],
    data: Float32Array.of(6, 60, 4, 40, 2, 20),
  });
});

test("pixels are scaled first, then biased by colour; mean images are subtracted in list order", () => {
  const scaler = { channelScale: 0.5, redBias: 100, greenBias: 200, blueBias: 300 };
  const meanImage = { meanImage: [1, 1, 2, 2, 3, 3] };
  const preprocessing = [
    { featureName: "x", scaler },
    { featureName: "x", meanImage },
  ];
  const pixels = { width: 2, height: 1, pixels: Uint8Array.of(2, 4, 6, 8, 10, 12) };
  const model = modelOf(image("x", "BGR"), [DOUBLE], { preprocessing });
  expect(runCoreML(model, { x: pixels }).get("y")).toEqual({
    shape: [1, 1, 3, 1, 2],
    data: Float32Array.of(302, 305, 200, 203, 98, 101).map((value) => 2 * value),
  });
});

test("an unset channelScale is 0", () => {
  const preprocessing = [{ featureName: "x", scaler: { grayBias: 7 } }];
  const model = modelOf(image("x", "GRAYSCALE"), [DOUBLE], { preprocessing });
  const outputs = runCoreML(model, { x: { width: 2, height: 1, pixels: [50, 60] } });
  expect(outputs.get("y")).toEqual({ shape: [1, 1, 1, 1, 2], data: Float32Array.of(14, 14) });
});

const FIXED = modelOf(array("x", [3]), [DOUBLE]);
const PICTURE = modelOf(image("x", "RGB"), [DOUBLE]);

test.each([
  [FIXED, {}, 'Input "x" is missing.'],
  [FIXED, { x: { shape: [2], data: [1, 2] } }, 'Input "x" has shape [2], expected [3].'],
  [FIXED, { x: { shape: [3], data: [1] } }, 'Input "x" has 1 numbers for the shape [3].'],
  [FIXED, { x: { width: 1, height: 1, pixels: [1] } }, 'Input "x" should be an array.'],
  [
    FIXED,
    { x: { shape: [3], data: [1, 2, 3] }, z: { shape: [1], data: [1] } },
    'Input "z" is none of the model\'s.',
  ],
  [PICTURE, { x: { shape: [3], data: [1, 2, 3] } }, 'Input "x" should be an image.'],
  [
    PICTURE,
    { x: { width: 1, height: 2, pixels: [] } },
    'Image "x" is 1 by 2 pixels, expected 2 by 1.',
  ],
  [PICTURE, { x: { width: 2, height: 1, pixels: [1, 2] } }, 'Image "x" has 2 bytes, expected 6.'],
])("inputs that do not fit (%#)", (model, inputs, text) => {
  expect(() => runCoreML(model, inputs)).toThrow(text);
});

test("an optional input may be absent, and a recurrent state then is zero", () => {
  const unit = { floatValue: [1] };
  const rnn: NeuralNetworkLayer = {
    name: "rnn",
    input: ["x", "h"],
    output: ["y"],
    simpleRecurrent: {
      inputVectorSize: 1,
      outputVectorSize: 1,
      activation: { linear: { alpha: 1 } },
      weightMatrix: unit,
      recursionMatrix: unit,
    },
  };
  const model: Model = {
    specificationVersion: 1,
    description: { input: [array("x", [1]), array("h", [1], true)], output: [array("y", [1])] },
    neuralNetwork: { layers: [rnn] },
  };
  const interpreter = createInterpreter(model);
  const x = { shape: [2, 1, 1, 1, 1], data: [1, 2] };
  const blob = (value: number) => ({ shape: [1, 1, 1, 1, 1], data: Float32Array.of(value) });
  expect(interpreter.run({ x }).get("y")).toEqual(blob(3));
  expect(interpreter.run({ x, h: { shape: [1], data: [10] } }).get("y")).toEqual(blob(13));
});
