import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { afterEach, describe, expect, test } from "vitest";
import { KcError } from "../../../src/errors.ts";
import { bytesSource, collectBytes, type OutputFile } from "../../../src/formats/bytes.ts";
import { readManifest } from "../../../src/formats/tfjs/manifest.ts";
import type { Graph } from "../../../src/ir/graph.ts";
import { readFloat32, readFloat64 } from "../../../src/ir/tensor.ts";
import type { Json } from "../../../src/json.ts";
import { readKeras } from "../../../src/sources/keras/index.ts";
import { writeTfjsLayers } from "../../../src/targets/tfjs-model/index.ts";
import { evaluate } from "../../../src/verify/graph/evaluate.ts";
import { caseDifferences, caseInputs } from "../../case-numbers.ts";
import type { Case } from "../../cases.ts";
import { weightsOf } from "../../graph-content.ts";
import { MUTATIONS, random } from "../../mutations.ts";
import { readableCases } from "../../targets/tfjs/case-runs.ts";
import { REFUSED_AS_LAYERS } from "../../targets/tfjs-model/refused-as-layers.ts";
import { refusal } from "./refusal.ts";
import { sourceOf, tfjsSource } from "./tfjs-source.ts";

// lets the runner hear of each test while hundreds run without a pause
afterEach(() => new Promise((resolve) => setTimeout(resolve)));

const SUITES = ["micro", "generations", "layers", "snacks"];

describe("a model that was written for TensorFlow.js and read back", () => {
  for (const { testCase, graph } of readableCases(SUITES)) {
    if (REFUSED_AS_LAYERS.has(testCase.id)) continue;
    test(`${testCase.id} gives what Keras gave, and is written again as the same`, () => {
      const read = readBack(graph());
      expect(differences(read, testCase)).toEqual([]);
      expect(stepsAndNumbers(readBack(read))).toEqual(stepsAndNumbers(read));
    });
  }
});

/** A graph but for the names. */
function stepsAndNumbers({ nodes, ...graph }: Graph) {
  const steps = nodes.map(({ op: { weights: _, ...settings } }) => settings);
  return [steps, weightsOf({ nodes, ...graph }).map(readFloat64)];
}

function readBack(graph: Graph): Graph {
  return readKeras(tfjsSource(writeTfjsLayers(graph).files)).graph;
}

function differences(graph: Graph, testCase: Case): readonly string[] {
  const inputs = [...caseInputs(graph.inputs, testCase)].map(
    ([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }] as const,
  );
  const outputs = evaluate(graph, new Map(inputs));
  return caseDifferences(
    outputs.map(({ data, ...rest }) => ({ ...rest, data: Float32Array.from(data) })),
    testCase,
  );
}

describe("what is no sound layers model", () => {
  const dense = {
    class_name: "Sequential",
    config: {
      name: "s",
      layers: [
        { class_name: "Dense", config: { name: "d", units: 1, batch_input_shape: [null, 2] } },
      ],
    },
  };
  const weights = [
    { name: "d/kernel", shape: [2, 1], dtype: "float32" },
    { name: "d/bias", shape: [1], dtype: "float32" },
  ];
  const model = (group: object, more: object = {}) =>
    refusal(() =>
      readKeras(
        sourceOf(
          new Map([
            ["model.json", encoded({ modelTopology: dense, weightsManifest: [group], ...more })],
            ["w.bin", new Uint8Array(12)],
          ]),
        ),
      ),
    );

  test.each([
    ["an address", "https://example.org/w.bin"],
    ["an absolute path", "/etc/passwd"],
    ["a path out of the folder", "a/../../w.bin"],
  ])("%s instead of a file of weights is refused", (_, path) => {
    expect(model({ paths: [path], weights })).toBe(
      `corrupt-file: model.json: The file of weights is called "${path}".\n` +
        "  Weights are only read from files beside model.json.",
    );
  });

  test("a file that is not there is named", () => {
    expect(model({ paths: ["v.bin"], weights })).toBe(
      'bad-weights: model.json: The file of weights "v.bin" is not there.\n' +
        "  All files of a TensorFlow.js model belong in one folder.",
    );
  });

  test("files that are shorter or longer than the weights are refused", () => {
    const more = { name: "e/kernel", shape: [1], dtype: "float32" };
    expect(model({ paths: ["w.bin"], weights: [...weights, more] })).toMatch(
      /^corrupt-file: .*The weight "e\/kernel" takes 4 bytes, but its files end 0 bytes behind its start\./,
    );
    expect(model({ paths: ["w.bin"], weights: weights.slice(0, 1) })).toMatch(
      /^corrupt-file: .*The files w.bin hold 12 bytes, expected 8\./,
    );
  });

  test.each([
    [
      "shape",
      { name: "d/kernel", shape: [2, -1], dtype: "float32" },
      "The shape of a weight is [2,-1].",
    ],
    [
      "shape",
      { name: "d/kernel", shape: [2 ** 40, 2 ** 40], dtype: "float32" },
      "The shape of a weight is [1099511627776,1099511627776].",
    ],
    ["type", { name: "d/kernel", shape: [2, 1], dtype: "int4" }, 'The type of a weight is "int4".'],
    [
      "quantization",
      {
        name: "d/kernel",
        shape: [2, 1],
        dtype: "float32",
        quantization: { dtype: "uint8", scale: 1 },
      },
      'The quantization of a weight is {"dtype":"uint8","scale":1}.',
    ],
  ])("a %s that no tfjs writes is refused", (_, spec, text) => {
    expect(model({ paths: ["w.bin"], weights: [spec] })).toContain(text);
  });

  test("texts are no weights", () => {
    const spec = { name: "d/kernel", shape: [3], dtype: "string" };
    expect(model({ paths: ["w.bin"], weights: [spec] })).toBe(
      'bad-weights: model.json: The weight "d/kernel" is of type string, expected numbers.',
    );
  });

  test("weights that belong to no layer are named", () => {
    const [kernel, bias] = weights;
    const strange = [kernel, { ...bias, name: "e/bias" }];
    expect(model({ paths: ["w.bin"], weights: strange })).toMatch(/layer "e"/);
  });

  test("a graph model has operations instead of layers", () => {
    expect(model({ paths: ["w.bin"], weights }, { format: "graph-model" })).toBe(
      "bad-format: model.json: This is a graph model of TensorFlow.js: operations of TensorFlow, not layers.\n" +
        "  Use the Keras file that it was made from, or a layers model.",
    );
  });

  test("weights alone ask for the architecture", () => {
    expect(model({ paths: ["w.bin"], weights }, { modelTopology: null })).toMatch(
      /^bad-weights: model.json: The TensorFlow.js model holds weights only, not the architecture\./,
    );
  });

  test("a model.json without its folder says so", () => {
    const json = { modelTopology: dense, weightsManifest: [{ paths: ["w.bin"], weights }] };
    const source = bytesSource(encoded(json), "standard input");
    expect(refusal(() => readKeras(source))).toBe(
      'bad-weights: standard input: The weights lie in files of their own (such as "w.bin").\n' +
        "  Give the name of model.json, or of its folder.",
    );
  });

  test("damaged ones are refused or read, quickly", () => {
    const original = encoded({
      modelTopology: dense,
      weightsManifest: [{ paths: ["w.bin"], weights }],
    });
    const start = performance.now();
    for (const mutate of Object.values(MUTATIONS)) {
      for (let seed = 0; seed < 300; seed++) {
        const files = new Map([
          ["model.json", mutate(original, random(seed))],
          ["w.bin", new Uint8Array(12)],
        ]);
        expect(outcome(files)).not.toBe("internal");
      }
    }
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});

test("quantised weights are those that tfjs decodes", async () => {
  const [{ graph } = {}] = readableCases(["generations"]);
  if (graph === undefined) throw new Error("no case");
  for (const quantize of ["float16", "uint8", "uint16"] as const) {
    const written = writeTfjsLayers(graph(), { quantize });
    const { weightData, weightSpecs } = written.artifacts();
    const decoded = tf.io.decodeWeights(weightData, weightSpecs);
    const arrays = readManifest(manifestOf(written.files), tfjsSource(written.files));
    expect(arrays.length).toBe(weightSpecs.length);
    for (const { name, ref } of arrays) {
      expect(ref === undefined ? [] : readFloat32(ref)).toEqual(decoded[name]?.dataSync());
    }
  }
});

function manifestOf(files: readonly OutputFile[]): Json {
  const json = files.find(({ path }) => path === "model.json");
  if (json === undefined) throw new Error("no model.json");
  return JSON.parse(new TextDecoder().decode(collectBytes(json))).weightsManifest;
}

function encoded(json: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(json));
}

/** `read`, or the code of the refusal. Anything but a `KcError` goes through. */
function outcome(files: ReadonlyMap<string, Uint8Array>): string {
  try {
    for (const weight of weightsOf(readKeras(sourceOf(files)).graph)) readFloat64(weight);
    return "read";
  } catch (error) {
    if (!(error instanceof KcError)) throw error;
    return error.code;
  }
}
