import { expect, test } from "vitest";
import { KcError } from "../../src/errors.ts";
import { createBuilder } from "../../src/ir/create-builder.ts";
import type { Origin } from "../../src/ir/graph.ts";
import { printGraph } from "../../src/ir/print.ts";
import type { TensorType, WeightRef } from "../../src/ir/tensor.ts";

const HEAD = { name: "m", source: { format: "keras", version: "2.2.4", backend: "" } };
const IMAGE: TensorType = { dtype: "float32", shape: [null, 8, 8, 3] };

function layer(name: string, className: string, call = 0): Origin {
  return { layer: name, className, config: {}, call, trainable: true };
}

function weight(id: string, ...shape: number[]): WeightRef {
  return { id, dtype: "float32", shape, readInto: (target) => void target.fill(0) };
}

const RELU = {
  kind: "activation",
  activation: { fn: "relu", negativeSlope: 0, maxValue: 6, threshold: 0 },
  weights: {},
} as const;

function conv(kernel: WeightRef, bias?: WeightRef) {
  return {
    kind: "conv",
    strides: [2, 2],
    dilations: [1, 1],
    padding: "same",
    groups: 1,
    layout: "channels-last",
    weights: { kernel, ...(bias === undefined ? {} : { bias }) },
  } as const;
}

test("names nodes after layers, steps within a layer after the op, later calls by number", () => {
  const build = createBuilder(HEAD);
  const x = build.input("image", IMAGE);
  const [a = ""] = build.add(conv(weight("k", 3, 3, 3, 4)), [x], layer("conv1", "Conv2D"));
  const [b = ""] = build.add(RELU, [a], layer("conv1", "Conv2D"));
  const [c = ""] = build.add(RELU, [b], layer("shared", "ReLU"));
  const [d = ""] = build.add(RELU, [c], layer("shared", "ReLU", 1));
  const graph = build.finish([{ name: "shared", value: d }]);
  expect(printGraph(graph)).toBe(
    [
      'graph "m" (keras, 2.2.4)',
      "input image: float32 (null, 8, 8, 3)",
      "conv1 = conv(image) strides=[2,2] dilations=[1,1] padding=same groups=1 layout=channels-last kernel(3, 3, 3, 4) -> float32 (null, 4, 4, 4)",
      'conv1/activation = activation(conv1) activation={"fn":"relu","negativeSlope":0,"maxValue":6,"threshold":0} -> float32 (null, 4, 4, 4)',
      'shared = activation(conv1/activation) activation={"fn":"relu","negativeSlope":0,"maxValue":6,"threshold":0} -> float32 (null, 4, 4, 4)',
      'shared_1 = activation(shared) activation={"fn":"relu","negativeSlope":0,"maxValue":6,"threshold":0} -> float32 (null, 4, 4, 4)',
      "output shared = shared_1",
      "",
    ].join("\n"),
  );
});

test("keeps ids unique when a layer is called like another layer's second call", () => {
  const build = createBuilder(HEAD);
  const x = build.input("x", IMAGE);
  const [a = ""] = build.add(RELU, [x], layer("act_1", "ReLU"));
  const [b = ""] = build.add(RELU, [a], layer("act", "ReLU", 1));
  const [c = ""] = build.add(RELU, [b], layer("x", "ReLU"));
  expect([a, b, c]).toEqual(["act_1", "act_1/activation", "x_1"]);
});

test("names the layer when shapes do not fit", () => {
  const build = createBuilder(HEAD);
  const x = build.input("image", IMAGE);
  const add = () => build.add(conv(weight("k", 3, 3, 4, 8)), [x], layer("conv1", "Conv2D"));
  expect(add).toThrow(KcError);
  expect(add).toThrow(
    'Layer "conv1" (Conv2D): kernel has shape (3, 3, 4, 8), expected (3, 3, 3, 8).',
  );
});

test("freezes what it gives", () => {
  const build = createBuilder(HEAD);
  const x = build.input("x", IMAGE);
  const [y = ""] = build.add(RELU, [x], layer("act", "ReLU"));
  const graph = build.finish([{ name: "act", value: y }]);
  expect(Object.isFrozen(graph) && Object.isFrozen(graph.nodes)).toBe(true);
  expect(graph.nodes.every((node) => Object.isFrozen(node))).toBe(true);
});
