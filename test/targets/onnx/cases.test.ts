import { describe, expect, test } from "vitest";
import { writeOnnx } from "../../../src/targets/onnx/index.ts";
import { caseDifferences, caseInputs } from "../../case-numbers.ts";
import { type Case, listCases } from "../../cases.ts";
import { type Form, formsOf } from "../../forms.ts";
import { runWritten } from "./run-written.ts";

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
  const inputs = [...caseInputs(graph.inputs, testCase).values()];
  const results = await runWritten(writeOnnx(graph), inputs);
  const named = results.map((result, index) => ({ ...result, name: `output ${index}` }));
  return caseDifferences(named, testCase);
}
