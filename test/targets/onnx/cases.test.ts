import { describe, expect, test } from "vitest";
import type { Graph } from "../../../src/ir/graph.ts";
import { formatShape } from "../../../src/ir/tensor.ts";
import { writeOnnx } from "../../../src/targets/onnx/index.ts";
import { type Case, listCases, readArray } from "../../cases.ts";
import { type Form, formsOf } from "../../forms.ts";
import { type NumberArray, runWritten } from "./run-written.ts";

/** Models that cannot be read: other tests say why. */
const UNREADABLE: ReadonlySet<string> = new Set([
  "micro/arg_custom_layer",
  "micro/refuse_lambda",
  "layers/k3_custom_function",
  "layers/k3_quantized_int8",
  "layers/k3_subclassed",
  "layers/tf_lstm_time_major",
]);

for (const suite of ["micro", "generations", "layers", "snacks"]) {
  describe(`${suite}, written and run by onnxruntime`, () => {
    for (const testCase of listCases(suite)) {
      const [form] = formsOf(testCase);
      if (form === undefined || UNREADABLE.has(testCase.id)) continue;
      test(`${testCase.json.name} gives what Keras gave`, async () => {
        expect(await differences(testCase, form)).toEqual([]);
      });
    }
  });
}

async function differences(testCase: Case, form: Form): Promise<readonly string[]> {
  const { graph } = form.read();
  const { outputs, tolerance } = testCase.json;
  const results = await runWritten(writeOnnx(graph), inputsOf(graph, testCase));
  if (results.length !== outputs.length) return [`${results.length} outputs`];
  return outputs.flatMap((output, index) => {
    const { shape = [], data = [] } = results[index] ?? {};
    if (formatShape(shape) !== formatShape(output.shape)) return [formatShape(shape)];
    const right = readArray(testCase, output);
    const off = right.findIndex((value, i) => {
      const other = data[i] ?? Number.NaN;
      return !(Math.abs(other - value) <= tolerance.abs + tolerance.rel * Math.abs(value));
    });
    return off < 0 ? [] : [`${output.name}[${off}] is ${data[off]} instead of ${right[off]}`];
  });
}

/** The case's inputs in the graph's order; Keras 3 names some by its own count, then their order tells. */
function inputsOf(graph: Graph, testCase: Case): readonly NumberArray[] {
  const given = testCase.json.inputs;
  const byName = graph.inputs.every((port) => given.some((array) => array.name === port.name));
  return graph.inputs.flatMap(({ name }, index) => {
    const array = byName ? given.find((one) => one.name === name) : given[index];
    return array === undefined ? [] : [{ shape: array.shape, data: readArray(testCase, array) }];
  });
}
