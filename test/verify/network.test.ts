import { expect, test } from "vitest";
import type { Model, NeuralNetworkLayer } from "../../src/formats/coreml/types.gen.ts";
import { openNetwork } from "../../src/verify/network.ts";

const LAYER: NeuralNetworkLayer = { name: "one", input: ["x"], output: ["y"], softmax: {} };

function modelOf(
  layers: readonly NeuralNetworkLayer[],
  { shape = [3], specificationVersion = 1 } = {},
): Model {
  return {
    specificationVersion,
    description: {
      input: [{ name: "x", type: { multiArrayType: { shape } } }],
      output: [{ name: "y" }],
    },
    neuralNetwork: { layers },
  };
}

test.each<readonly [Model, string]>([
  [
    { specificationVersion: 1, description: {}, identity: {} },
    "Only neural networks, ML Programs and pipelines of them can be run; this model is of another kind.",
  ],
  [modelOf([{ name: "one" }]), 'Layer "one": The layer is of no kind.'],
  [
    modelOf([{ name: "one", round: {} }]),
    'Layer "one" (round): This kind of layer is not computed here: the format does not say which way halves go.',
  ],
  [
    modelOf([{ ...LAYER, softmax: undefined, clip: {} }], { specificationVersion: 3 }),
    'Layer "one" (clip): Needs specification version 4, but the model states 3.',
  ],
  [
    modelOf([{ ...LAYER, softmax: undefined, clip: {} }], { specificationVersion: 4 }),
    "The model has array inputs and layers newer than specification 3, but does not map arrays exactly.",
  ],
  [
    modelOf([LAYER], { shape: [2, 3] }),
    'Input "x" declares 2 axes, but the classic mapping takes 1 or 3.',
  ],
  [modelOf([{ ...LAYER, input: ["z"] }]), 'Layer "one" (softmax): Reads "z" before it is made.'],
  [modelOf([LAYER, { ...LAYER, name: "two" }]), 'Layer "two" (softmax): Makes "y" a second time.'],
  [modelOf([{ ...LAYER, output: ["z"] }]), 'No layer makes the output "y".'],
])("a network that is not sound (%#)", (model, text) => {
  expect(() => openNetwork(model)).toThrow(text);
});
