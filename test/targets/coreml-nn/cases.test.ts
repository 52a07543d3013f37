import { describe, expect, test } from "vitest";
import { writeCoreML } from "../../../src/targets/coreml-nn/index.ts";
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

const WAY_OUT =
  "  Change the layer in Keras, or supply one of your own that is made of other layers (--custom FILE.mjs).";

/** Models that Core ML networks cannot express, with the exact refusal. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  [
    "layers/k3_act_sparsemax",
    `Layer "activation" (Activation): sparsemax needs its input sorted, for which Core ML networks have no exact layer.\n${WAY_OUT}`,
  ],
  [
    "layers/tf_convlstm3d",
    `Layer "in": the input has 6 axes, which cannot be expressed: a blob has five, the batch among them.\n${WAY_OUT}`,
  ],
]);

for (const suite of ["micro", "generations", "layers", "snacks"]) {
  describe(`${suite}, written and run`, () => {
    for (const testCase of listCases(suite)) {
      const [form] = formsOf(testCase);
      if (form === undefined || UNREADABLE.has(testCase.id)) continue;
      const refusal = REFUSED.get(testCase.id);
      if (refusal !== undefined) {
        test(`${testCase.json.name} is refused`, () => {
          expect(errorOf(() => writeCoreML(form.read().graph))).toBe(refusal);
        });
        continue;
      }
      test(`${testCase.json.name} gives what Keras gave`, () => {
        expect(differences(testCase, form)).toEqual([]);
      });
    }
  });
}

function errorOf(run: () => unknown): string {
  try {
    run();
    return "no error";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function differences(testCase: Case, form: Form): readonly string[] {
  const { graph } = form.read();
  const { outputs } = testCase.json;
  const written = runWritten(
    writeCoreML(graph),
    [...caseInputs(graph.inputs, testCase).values()],
    outputs.map(({ shape }) => shape),
  );
  const named = written.map(({ data }, index) => {
    const { name = "", shape = [] } = outputs[index] ?? {};
    return { name, shape, data };
  });
  return caseDifferences(named, testCase);
}
