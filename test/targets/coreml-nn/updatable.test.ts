import { describe, expect, test } from "vitest";
import { KcError } from "../../../src/errors.ts";
import type { Graph, TrainingSetup } from "../../../src/ir/graph.ts";
import type { JsonObject } from "../../../src/json.ts";
import { writeCoreML } from "../../../src/targets/coreml-nn/index.ts";
import { buildGraph, weight } from "./build-graph.ts";

const dense = (id: string, inputs: number, units: number) =>
  ({
    kind: "dense",
    weights: { kernel: weight(id, [inputs, units]), bias: weight(`${id} bias`, [units]) },
  }) as const;

const relu = (maxValue: number | null) =>
  ({
    kind: "activation",
    activation: { fn: "relu", negativeSlope: 0, maxValue, threshold: 0 },
    weights: {},
  }) as const;

const softmax = {
  kind: "activation",
  activation: { fn: "softmax", axis: 1 },
  weights: {},
} as const;

/** Two dense layers with a relu between, and a softmax or nothing at the end. */
function model(training: TrainingSetup, maxValue: number | null = null, ends = true): Graph {
  const graph = buildGraph([[4]], (add, x) => {
    const y = add(dense("second", 5, 3), add(relu(maxValue), add(dense("first", 4, 5), x)));
    return ends ? add(softmax, y) : y;
  });
  return { ...graph, training };
}

function setup(loss: string, name: string, config: JsonObject = {}): TrainingSetup {
  return { losses: [loss], metrics: [], optimizer: { name, config } };
}

const SGD = setup("categorical_crossentropy", "sgd", { learning_rate: 0.05, momentum: 0.9 });

function updatableLayers(graph: Graph): readonly string[] {
  const { model: made } = writeCoreML(graph, { respectTrainable: true });
  return (made.neuralNetwork?.layers ?? []).flatMap(({ name = "", isUpdatable }) =>
    isUpdatable === true ? [name] : [],
  );
}

function errorOf(graph: Graph): readonly [string, string] {
  try {
    writeCoreML(graph, { respectTrainable: true });
    return ["none", ""];
  } catch (error) {
    if (!(error instanceof KcError)) throw error;
    return [error.code, error.message];
  }
}

describe("models that train on the device", () => {
  test("take version 4, the loss and the optimizer", () => {
    const { model: made, warnings } = writeCoreML(model(SGD), { respectTrainable: true });
    expect(warnings).toEqual([]);
    expect(made.specificationVersion).toBe(4);
    expect(made.isUpdatable).toBe(true);
    expect(made.neuralNetwork?.updateParams).toMatchObject({
      lossLayers: [
        {
          name: "loss_layer",
          categoricalCrossEntropyLossLayer: { input: "output1", target: "output1_true" },
        },
      ],
      optimizer: {
        sgdOptimizer: {
          learningRate: { defaultValue: 0.05, range: { minValue: 0, maxValue: 1 } },
          miniBatchSize: { defaultValue: 16, set: { values: [1, 16, 32] } },
          momentum: { defaultValue: 0.9, range: { minValue: 0, maxValue: 1 } },
        },
      },
    });
    expect(made.description?.trainingInput?.[1]).toEqual({
      name: "output1_true",
      type: { multiArrayType: { shape: [1], dataType: "INT32" } },
    });
    expect(updatableLayers(model(SGD))).toEqual(["dense_1", "dense_2"]);
  });

  test("keep their trainable weights in float32 under half precision", () => {
    const { model: made } = writeCoreML(model(SGD), {
      respectTrainable: true,
      modelPrecision: "float16",
    });
    const [first] = made.neuralNetwork?.layers ?? [];
    expect(first?.innerProduct?.weights?.float16Value).toBeUndefined();
    expect(first?.innerProduct?.weights?.isUpdatable).toBe(true);
  });

  test("of a classifier train on the label", () => {
    const { model: made } = writeCoreML(model(SGD), {
      respectTrainable: true,
      classLabels: ["a", "b", "c"],
    });
    expect(made.description?.trainingInput?.[1]).toEqual({
      name: "classLabel",
      type: { stringType: {} },
    });
  });

  test("with a mean squared error train on an array like the output", () => {
    const graph = model(setup("mean_squared_error", "adam"), null, false);
    const { model: made } = writeCoreML(graph, { respectTrainable: true });
    expect(made.neuralNetwork?.updateParams?.lossLayers).toEqual([
      {
        name: "loss_layer",
        meanSquaredErrorLossLayer: { input: "output1", target: "output1_true" },
      },
    ]);
    expect(made.neuralNetwork?.updateParams?.optimizer).toMatchObject({
      adamOptimizer: {
        learningRate: { defaultValue: 0.001 },
        beta1: { defaultValue: 0.9 },
        beta2: { defaultValue: 0.999 },
        eps: { defaultValue: 1e-7 },
      },
    });
    expect(made.description?.trainingInput?.[1]).toEqual({
      name: "output1_true",
      type: { multiArrayType: { shape: [3], dataType: "FLOAT32" } },
    });
  });

  test("need a cross entropy over a softmax, which no other loss is carried back through", () => {
    expect(errorOf(model(setup("mean_squared_error", "sgd")))).toEqual([
      "unsupported",
      "No layer of the model can be trained on the device.\n" +
        "  Core ML trains Dense and Conv2D layers near the loss; check which layers are trainable.",
    ]);
  });

  test("train only what the loss reaches, and say so: relu6 is in the way", () => {
    const graph = model(SGD, 6);
    expect(updatableLayers(graph)).toEqual(["dense_2"]);
    const { warnings } = writeCoreML(graph, { respectTrainable: true });
    expect(warnings).toEqual([
      {
        code: "unsupported",
        text: 'These layers stay as they are on the device: "dense_1". Core ML does not carry the loss back to them, because a layer in between cannot be differentiated.',
        hint: "Between the loss and what trains only Dense, Conv2D, pooling, Flatten, BatchNormalization, LSTM, relu, sigmoid and tanh may lie.",
      },
    ]);
  });
});

describe("models that cannot train on the device", () => {
  const cases: readonly (readonly [string, Graph, string])[] = [
    [
      "another loss",
      model(setup("kullback_leibler_divergence", "sgd")),
      'The loss "kullback_leibler_divergence" does not exist in Core ML, expected categorical_crossentropy or mean_squared_error.',
    ],
    [
      "another optimizer",
      model(setup("categorical_crossentropy", "rmsprop")),
      `The optimizer "rmsprop" does not exist in Core ML, expected sgd or adam.
  Compile the model with SGD or Adam.`,
    ],
    [
      "a cross entropy without a softmax",
      model(SGD, null, false),
      "The cross entropy of Core ML reads a softmax, but the model's output is none.",
    ],
    [
      "nothing to train",
      {
        ...buildGraph([[3]], (add, x) => add(softmax, x)),
        training: SGD,
      },
      `No layer of the model can be trained on the device.
  Core ML trains Dense and Conv2D layers near the loss; check which layers are trainable.`,
    ],
  ];
  for (const [name, graph, text] of cases) {
    test(name, () => expect(errorOf(graph)).toEqual(["unsupported", text]));
  }
});
