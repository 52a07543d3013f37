import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { KcError } from "../src/errors.ts";
import { bytesSource } from "../src/formats/bytes.ts";
import type { Graph } from "../src/ir/graph.ts";
import { formatShape, sizeOf } from "../src/ir/tensor.ts";
import { readKeras } from "../src/sources/keras/index.ts";
import type { LayerSpec } from "../src/sources/keras/layer-spec.ts";
import { evaluate } from "../src/verify/graph/evaluate.ts";
import { constantWeight } from "../src/weights/constant.ts";
import { caseDifferences, caseInputs } from "./case-numbers.ts";
import { type Case, type CaseLayer, listCases, openCase } from "./cases.ts";
import { formsOf } from "./forms.ts";
import { weightsOf } from "./graph-content.ts";

/** Models that cannot be expressed at all, with the exact refusal. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ["micro/arg_custom_layer", lambdaRefusal("twice")],
  ["micro/refuse_lambda", lambdaRefusal("lambda_1")],
  [
    "layers/tf_lstm_time_major",
    'Layer "lstm" (LSTM): time_major input, with time before the batch, cannot be expressed.',
  ],
  [
    "layers/k3_custom_function",
    'Layer "clip" (Activation): activation is {"module":"builtins","class_name":"function",' +
      '"config":"fixtures>leaky_clip","registered_name":"function"}, which is not an activation known here.\n' +
      "  Supply the layer with --custom, or rename the activation in the model to the Keras one it equals.",
  ],
  [
    "layers/k3_quantized_int8",
    ["first", "second"]
      .map(
        (layer) =>
          `Layer "${layer}" (Dense): its weights are quantised (int8_from_float32).\n` +
          "  Save the model before quantize() is called.",
      )
      .join("\n"),
  ],
  [
    "layers/k3_subclassed",
    'model.keras: The model is of class "TwoDense", whose structure is written in Python and not in the file.\n' +
      "  Only Sequential and functional models can be read; rebuild it with keras.Model(inputs, outputs).",
  ],
]);

/** Models with weights that inference does not need, or that are computed from the stored ones. */
const NOT_USED_AS_STORED: ReadonlySet<string> = new Set([
  // One head of keys and values serves several heads of queries.
  "layers/k3_gqa",
  // The adapters are already in the stored kernels.
  "layers/k3_lora",
  // Mean and variance become one scale and offset; the count is for adapting only.
  "layers/k3_normalization_adapted",
  "layers/k3_normalization_adapted_all",
  "layers/tf_normalization_adapted",
  // The vector of the power iteration.
  "layers/k3_spectralnorm",
  // A dense matrix of which only the connections count.
  "layers/tf_locallyconnected2d_impl2",
]);

const SUITES = ["micro", "generations", "layers", "snacks"];

for (const suite of SUITES) {
  describe(suite, () => {
    for (const testCase of listCases(suite)) {
      for (const form of formsOf(testCase)) {
        const refusal = REFUSED.get(testCase.id);
        if (refusal !== undefined) {
          test(`${testCase.json.name}, ${form.name}: is refused`, () => {
            const error = refusalOf(() => form.read());
            expect([error.code, error.message]).toEqual(["unsupported", refusal]);
          });
          continue;
        }
        test(`${testCase.json.name}, ${form.name}: gives what Keras gave`, () => {
          const { graph } = form.read();
          expect(shapeDifferences(graph, testCase.json.layers ?? [])).toEqual([]);
          expect(outputDifferences(graph, testCase)).toEqual([]);
        });
      }
    }
  });
}

describe("parameters", () => {
  for (const testCase of SUITES.flatMap(listCases)) {
    const { parameters } = testCase.json;
    if (parameters === undefined || REFUSED.has(testCase.id)) continue;
    const unused = NOT_USED_AS_STORED.has(testCase.id);
    test(`${testCase.id} has ${unused ? "fewer than" : "as many as"} Keras counts`, () => {
      for (const form of formsOf(testCase)) {
        const count = countParameters(form.read().graph);
        if (unused) expect(count).toBeLessThan(parameters);
        else expect(count).toBe(parameters);
      }
    });
  }
});

describe("a Lambda whose meaning the user states", () => {
  /** What both cases' Lambda computes, as their generator says: `lambda t: t * 2.0 + 1.0`. */
  const lambda: LayerSpec = {
    classNames: ["Lambda"],
    lower: (call) => ({
      outputs: call.inputs.map((input) =>
        call.emit(
          {
            kind: "affine",
            weights: {
              scale: constantWeight("two", [1], [2]),
              offset: constantWeight("one", [1], [1]),
            },
          },
          input,
        ),
      ),
    }),
  };

  test.each(["micro/arg_custom_layer", "micro/refuse_lambda"])("%s gives what Keras gave", (id) => {
    const testCase = openCase(id);
    const bytes = readFileSync(join(testCase.folder, "model.hdf5"));
    const { graph } = readKeras(bytesSource(bytes), { customLayers: [lambda] });
    expect(outputDifferences(graph, testCase)).toEqual([]);
  });
});

test("a file that does not state its input's shape asks for it", () => {
  const { folder } = openCase("micro/topo_sequential_inputlayer");
  const source = bytesSource(readFileSync(join(folder, "model.hdf5")), "model.hdf5");
  const error = refusalOf(() => readKeras(source));
  expect([error.code, error.message]).toEqual([
    "bad-shape",
    'The file does not state the shape of input "dense_1_input".\n' +
      "  Say it, batch first, for example: --input-shape dense_1_input=1,5",
  ]);
});

function lambdaRefusal(layer: string): string {
  return (
    `Layer "${layer}" (Lambda): its body is Python byte code stored in the file. ` +
    "Running code from a model file is dangerous and is never done here.\n" +
    `  Say what "${layer}" computes in a layer spec of your own (--custom FILE.mjs), ` +
    "or replace it in the model by Keras layers."
  );
}

function refusalOf(run: () => unknown): KcError {
  try {
    run();
  } catch (error) {
    if (error instanceof KcError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

/** What differs from Keras' outputs by more than the case allows; empty when nothing does. */
function outputDifferences(graph: Graph, testCase: Case): readonly string[] {
  const given = [...caseInputs(graph.inputs, testCase)].map(
    ([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }] as const,
  );
  return caseDifferences(evaluate(graph, new Map(given)), testCase);
}

/** Layers whose output shape differs from Keras'. */
function shapeDifferences(
  graph: Graph,
  layers: readonly CaseLayer[],
  path = "",
): readonly string[] {
  return layers.flatMap((layer) => {
    const name = `${path}${layer.name}`;
    if (layer.layers !== undefined) return shapeDifferences(graph, layer.layers, `${name}/`);
    const node = graph.nodes.findLast((one) => one.origin.layer === name && one.origin.call === 0);
    const input = graph.inputs.find((port) => port.name === name);
    const value = node?.outputs[0] ?? input?.value;
    const type = value === undefined ? undefined : graph.types.get(value);
    if (type === undefined) return [];
    const [got, expected] = [formatShape(type.shape), formatShape(layer.output_shape)];
    return got === expected ? [] : [`${name} has shape ${got} instead of ${expected}`];
  });
}

/** Numbers in all weights that come from the file: their ids are paths in it. */
function countParameters(graph: Graph): number {
  const sizes = new Map<string, number>();
  for (const weight of weightsOf(graph)) {
    if (weight.id.startsWith("/")) sizes.set(weight.id, sizeOf(weight.shape));
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
