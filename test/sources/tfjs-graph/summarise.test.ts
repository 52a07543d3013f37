import { describe, expect, test } from "vitest";
import { bytesSource } from "../../../src/formats/bytes.ts";
import { totalOf, uniqueWeights } from "../../../src/ir/model-summary.ts";
import type { Json, JsonObject } from "../../../src/json.ts";
import { summariseTfjsGraph } from "../../../src/sources/tfjs-graph/index.ts";

const dims = (...sizes: readonly number[]): JsonObject => ({
  dim: sizes.map((size) => ({ size: String(size) })),
});

/** `x → Conv2D → Relu → Transpose → Split`, with weights in a file beside. */
const NODES: readonly JsonObject[] = [
  { name: "x", op: "Placeholder", attr: { shape: { shape: dims(-1, 8, 8, 3) } } },
  { name: "w", op: "Const" },
  { name: "w/read", op: "Identity", input: ["w"] },
  { name: "order", op: "Const" },
  { name: "axis", op: "Const" },
  {
    name: "conv",
    op: "Conv2D",
    input: ["x", "w/read", "^x"],
    attr: {
      T: { type: "DT_FLOAT" },
      padding: { s: "U0FNRQ==" },
      strides: { list: { i: ["1", "2", "2", "1"] } },
      _output_shapes: { list: { shape: [dims(-1, 4, 4, 2)] } },
    },
  },
  { name: "act", op: "Relu", input: ["conv"] },
  { name: "turn", op: "Transpose", input: ["act:0", "order"] },
  { name: "parts", op: "Split", input: ["axis", "turn"], attr: { num_split: { i: "2" } } },
  { name: "sum", op: "AddV2", input: ["parts", "parts:1"] },
];

function summaryOf(nodes: Json, more: JsonObject = {}) {
  const weights = [
    { name: "w", shape: [3, 3, 3, 2], dtype: "float32" },
    { name: "order", shape: [4], dtype: "int32" },
    { name: "axis", shape: [], dtype: "int32" },
  ];
  const bytes = new DataView(new ArrayBuffer(54 * 4 + 5 * 4));
  [0, 3, 1, 2, 1].forEach((value, index) => {
    bytes.setInt32(54 * 4 + index * 4, value, true);
  });
  const file = bytesSource(new Uint8Array(bytes.buffer), "a.bin");
  const beside = { name: "web", open: () => file, has: () => true };
  const json = {
    format: "graph-model",
    modelTopology: { node: nodes },
    signature: { outputs: { y: { name: "sum:0" } } },
    weightsManifest: [{ paths: ["a.bin"], weights }],
    ...more,
  };
  const source = { ...bytesSource(new Uint8Array(), "model.json"), beside };
  return summariseTfjsGraph(json, source, { name: "m" });
}

describe("a graph model of TensorFlow.js", () => {
  test("has its nodes as layers, with the shapes that it states and those that follow", () => {
    const { summary, warnings } = summaryOf(NODES);
    expect(warnings).toEqual([]);
    expect(
      summary.layers.map(({ name, className, calls }) => [name, className, calls[0]?.outputs]),
    ).toEqual([
      ["x", "InputLayer", [[null, 8, 8, 3]]],
      ["conv", "Conv2D", [[null, 4, 4, 2]]],
      ["act", "Relu", [[null, 4, 4, 2]]],
      ["turn", "Transpose", [[null, 2, 4, 4]]],
      ["parts", "Split", [undefined, undefined]],
      ["sum", "AddV2", [undefined]],
    ]);
    expect(summary.results).toEqual([{ layer: "sum", call: 0, tensor: 0 }]);
    expect(summary.layers.at(-1)?.calls[0]?.inputs).toEqual([
      { layer: "parts", call: 0, tensor: 0 },
      { layer: "parts", call: 0, tensor: 1 },
    ]);
  });

  test("counts its weights, also those read through an Identity, and no settings", () => {
    const { layers } = summaryOf(NODES).summary;
    expect(totalOf(uniqueWeights(layers))).toEqual({ count: 54, bytes: 216 });
  });

  test("does not depend on the order of the file", () => {
    const { layers } = summaryOf(NODES.toReversed()).summary;
    expect(totalOf(uniqueWeights(layers))).toEqual({ count: 54, bytes: 216 });
  });

  test("says how its nodes are set in Keras' words", () => {
    const { layers } = summaryOf(NODES).summary;
    const configs = new Map(layers.map(({ name, config }) => [name, config]));
    expect(configs.get("conv")).toEqual({ kernel_size: [3, 3], strides: [2, 2], padding: "same" });
    expect(configs.get("turn")).toEqual({ perm: [0, 3, 1, 2] });
    expect(configs.get("parts")).toEqual({ axis: 1, num_split: 2 });
  });

  test("tells that functions are not shown", () => {
    const library = { function: [{}] };
    const { warnings } = summaryOf([], { modelTopology: { node: [...NODES], library } });
    expect(warnings.map(({ text }) => text)).toEqual([
      "What stands in the 1 functions of the model (loops, branches) is not shown.",
    ]);
  });

  test.each<[string, Json]>([
    ["nodes that are none", [null, 3, { name: "a" }, { op: "Relu" }]],
    [
      "a ring",
      [
        { name: "a", op: "Relu", input: ["b"] },
        { name: "b", op: "Relu", input: ["a"] },
      ],
    ],
    ["a name twice", [NODES[0] ?? null, NODES[0] ?? null]],
    ["an output beyond reason", [{ name: "a", op: "Relu", input: ["a:999999999"] }]],
    [
      "odd attributes",
      [{ name: "a", op: "Relu", input: 3, attr: { s: { s: "%" }, l: { list: 3 } } }],
    ],
  ])("survives %s", (_, nodes) => {
    expect(summaryOf(nodes).summary.layers.length).toBeLessThan(3);
  });
});
