import { describe, expect, test } from "vitest";
import type { Graph } from "../../../src/ir/graph.ts";
import { type CoreMLOptions, writeCoreML } from "../../../src/targets/coreml-nn/index.ts";
import { buildGraph, weight } from "./build-graph.ts";
import { bytesOfResult } from "./run-written.ts";

/** Small models of which every byte is known: `__golden__/NAME.hex`, 16 bytes a line. */
const MODELS: readonly (readonly [name: string, graph: Graph, options: CoreMLOptions])[] = [
  [
    "picture-classifier",
    buildGraph([[4, 4, 3]], (add, x) => {
      const window = { strides: [2, 2], dilations: [1, 1], padding: "same", groups: 1 } as const;
      const weights = { kernel: weight("kernel", [3, 3, 3, 2]), bias: weight("bias", [2]) };
      const last = { layout: "channels-last" } as const;
      const conv = add({ kind: "conv", ...window, ...last, weights }, x);
      const relu6 = { fn: "relu", negativeSlope: 0, maxValue: 6, threshold: 0 } as const;
      const bent = add({ kind: "activation", activation: relu6, weights: {} }, conv);
      const pool = { fn: "average", keepDims: false, masked: false, ...last, weights: {} } as const;
      const mean = add({ kind: "globalPool", ...pool }, bent);
      return add({ kind: "activation", activation: { fn: "softmax", axis: 1 }, weights: {} }, mean);
    }),
    {
      inputNames: ["image"],
      imageInputNames: ["image"],
      outputNames: ["labelProbability"],
      predictedFeatureName: "label",
      classLabels: ["ant", "bee"],
      imageScale: 2 / 255,
      redBias: -1,
      greenBias: -1,
      blueBias: -1,
      author: "A. Author",
      license: "Public Domain",
      shortDescription: "Ants and bees",
      modelVersion: "1.0",
      userDefined: { zebra: "last", ant: "first" },
      inputDescriptions: { image: "The picture" },
      outputDescriptions: { label: "The class", labelProbability: "All of them" },
    },
  ],
  [
    "half-precision-lstm",
    buildGraph([[null, 2]], (add, x) => {
      const recurrent = {
        cell: "lstm",
        units: 2,
        activation: { fn: "tanh" },
        recurrentActivation: { fn: "sigmoid" },
        resetAfter: false,
        direction: "forward",
        merge: "concat",
        returnSequences: true,
        returnState: false,
        initialState: false,
        masked: false,
        stateful: false,
      } as const;
      const weights = {
        kernel: weight("kernel", [2, 8]),
        recurrentKernel: weight("recurrent", [2, 8]),
        bias: weight("bias", [8]),
      };
      return add({ kind: "recurrent", ...recurrent, weights }, x);
    }),
    { modelPrecision: "float16", arrayType: "double" },
  ],
  [
    "attention-scores",
    buildGraph(
      [
        [3, 2],
        [3, 2],
      ],
      (add, a, b) =>
        add({ kind: "matmul", transposeA: false, transposeB: true, weights: {} }, a, b),
    ),
    {},
  ],
];

describe("byte for byte", () => {
  for (const [name, graph, options] of MODELS) {
    test(name, async () => {
      const bytes = bytesOfResult(writeCoreML(graph, options));
      await expect(hexOf(bytes)).toMatchFileSnapshot(`__golden__/${name}.hex`);
    });
  }
});

function hexOf(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const line = [...bytes.subarray(at, at + 16)].map((byte) => byte.toString(16).padStart(2, "0"));
    lines.push(line.join(" "));
  }
  return `${lines.join("\n")}\n`;
}
