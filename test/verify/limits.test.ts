import { describe, expect, it } from "vitest";
import { KcError } from "../../src/errors.ts";
import type {
  MILSpecArgument,
  MILSpecDataType,
  MILSpecTensorValue,
  MILSpecValueType,
  Model,
  NeuralNetworkLayer,
} from "../../src/formats/coreml/types.gen.ts";
import { createInterpreter } from "../../src/verify/index.ts";
import { checkedSize, checkWork } from "../../src/verify/limits.ts";

const x = { shape: [1, 1, 4, 4], data: new Float32Array(16) };

function typeOf(
  dataType: MILSpecDataType,
  sizes: readonly (number | undefined)[],
): MILSpecValueType {
  const dimensions = sizes.map((size) =>
    size === undefined ? { unknown: {} } : { constant: { size } },
  );
  return { tensorType: { dataType, rank: sizes.length, dimensions } };
}

function whole(...values: number[]): MILSpecArgument {
  const tensor: MILSpecTensorValue = { ints: { values } };
  return {
    arguments: [{ value: { type: typeOf("INT32", [values.length]), immediateValue: { tensor } } }],
  };
}

function scalar(dataType: MILSpecDataType, tensor: MILSpecTensorValue): MILSpecArgument {
  return { arguments: [{ value: { type: typeOf(dataType, []), immediateValue: { tensor } } }] };
}

const one = (value: number) => scalar("INT32", { ints: { values: [value] } });
const word = (text: string) => scalar("STRING", { strings: { values: [text] } });

function program(type: string, inputs: Readonly<Record<string, MILSpecArgument>>): Model {
  const feature = (name: string) => ({
    name,
    type: { multiArrayType: { shape: [1, 1, 4, 4], dataType: "FLOAT32" as const } },
  });
  const operation = {
    type,
    inputs: new Map(Object.entries(inputs)),
    outputs: [
      { name: "y", type: { tensorType: { dimensions: [{ unknown: { variadic: true } }] } } },
    ],
  };
  const block = { outputs: ["y"], operations: [operation] };
  const main = {
    inputs: [{ name: "x", type: typeOf("FLOAT32", [1, 1, 4, 4]) }],
    opset: "CoreML7",
    blockSpecializations: new Map([["CoreML7", block]]),
  };
  return {
    specificationVersion: 8,
    description: { input: [feature("x")], output: [feature("y")] },
    mlProgram: { version: 1, functions: new Map([["main", main]]) },
  };
}

function network(layer: NeuralNetworkLayer): Model {
  const array = { multiArrayType: { shape: [1, 1, 4, 4], dataType: "FLOAT32" as const } };
  return {
    specificationVersion: 5,
    description: { input: [{ name: "x", type: array }], output: [{ name: "y", type: array }] },
    neuralNetwork: {
      arrayInputShapeMapping: "EXACT_ARRAY_MAPPING",
      layers: [{ name: "huge", input: ["x"], output: ["y"], ...layer }],
    },
  };
}

function codeOf(model: Model): string {
  try {
    createInterpreter(model).run({ x });
    return "ran";
  } catch (error) {
    if (error instanceof KcError) return error.code;
    throw error;
  }
}

const input = { arguments: [{ name: "x" }] };
const HUGE = 100_000;

describe("results that a few bytes ask for are refused before they are made", () => {
  it.each([
    ["fill", { shape: whole(HUGE, HUGE) }],
    ["tile", { x: input, reps: whole(1, HUGE, HUGE, 1) }],
    ["range_1d", { start: one(0), end: one(2 ** 30), step: one(1) }],
    ["pad", { x: input, pad: whole(HUGE, 0, HUGE, 0) }],
    ["pad", { x: input, pad: whole(2 ** 30, 0), mode: word("replicate") }],
    ["one_hot", { indices: whole(1, 2, 3), one_hot_vector_size: one(2 ** 30) }],
    ["upsample_nearest_neighbor", { x: input, scale_factor_height: one(2 ** 28) }],
    ["resize_bilinear", { x: input, target_size_height: one(HUGE), target_size_width: one(HUGE) }],
    [
      "max_pool",
      {
        x: input,
        kernel_sizes: whole(1, 1),
        pad_type: word("custom"),
        pad: whole(HUGE, HUGE, HUGE, HUGE),
      },
    ],
    ["space_to_batch", { x: input, block_shape: whole(1, 1), paddings: whole(HUGE, 0, HUGE, 0) }],
  ])("by the operation %s", (type, inputs) => {
    expect(codeOf(program(type, inputs))).toBe("limit");
  });

  it.each<[string, NeuralNetworkLayer]>([
    ["upsample", { upsample: { scalingFactor: [HUGE, HUGE] } }],
    ["resizeBilinear", { resizeBilinear: { targetSize: [HUGE, HUGE] } }],
    ["tile", { tile: { reps: [1, HUGE, HUGE, 1] } }],
    ["fillStatic", { fillStatic: { value: 1, targetShape: [HUGE, HUGE] }, input: [] }],
    ["rangeStatic", { rangeStatic: { endValue: 1e9, stepSizeValue: 1 }, input: [] }],
    ["broadcastToStatic", { broadcastToStatic: { targetShape: [HUGE, HUGE, 4, 4] } }],
    [
      "padding",
      {
        padding: {
          constant: {},
          paddingAmounts: { borderAmounts: [{ startEdgeSize: HUGE }, { startEdgeSize: HUGE }] },
        },
      },
    ],
    [
      "padding by reflection of an edge",
      {
        padding: {
          replication: {},
          paddingAmounts: { borderAmounts: [{ startEdgeSize: 2 ** 40 }, {}] },
        },
      },
    ],
    ["constantPad", { constantPad: { padAmounts: [0, 0, 0, HUGE, 0, HUGE, 0, 0] } }],
    [
      "convolution",
      {
        convolution: {
          outputChannels: 1,
          kernelChannels: 1,
          kernelSize: [1, 1],
          valid: {
            paddingAmounts: { borderAmounts: [{ startEdgeSize: HUGE }, { startEdgeSize: HUGE }] },
          },
          weights: { floatValue: [1] },
        },
      },
    ],
    [
      "deconvolution",
      {
        convolution: {
          outputChannels: 1,
          kernelChannels: 1,
          kernelSize: [1, 1],
          stride: [HUGE, HUGE],
          isDeconvolution: true,
          valid: {},
          weights: { floatValue: [1] },
        },
      },
    ],
  ])("by the layer %s", (_, layer) => {
    expect(codeOf(network(layer))).toBe("limit");
  });

  it("even when another axis is empty", () => {
    expect(() => checkedSize([0, 1e15])).toThrow(
      "A result would have the shape [0, 1000000000000000].",
    );
    expect(checkedSize([0, 3])).toBe(0);
    expect(() => checkedSize([1.5])).toThrow("A result would have the shape [1.5].");
  });

  it("and so is work without end", () => {
    expect(() => checkWork(2 ** 20, 2 ** 20)).toThrow(
      "A layer would take 1.1e+12 multiplications.",
    );
    expect(() => checkWork(2 ** 20, 2 ** 16)).not.toThrow();
  });
});
