import { describe, expect, test } from "vitest";
import type { Graph } from "../../../src/ir/graph.ts";
import { writeCoreML } from "../../../src/targets/coreml-nn/index.ts";
import { type Case, listCases, readArray } from "../../cases.ts";
import { type Form, formsOf } from "../../forms.ts";
import { type KerasArray, runWritten } from "./run-written.ts";

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
  const { outputs, tolerance } = testCase.json;
  const written = runWritten(
    writeCoreML(graph),
    inputsOf(graph, testCase),
    outputs.map(({ shape }) => shape),
  );
  return outputs.flatMap((output, index) => {
    const right = readArray(testCase, output);
    const got = written[index]?.data ?? [];
    const off = right.findIndex((value, i) => {
      const other = got[i] ?? Number.NaN;
      return !(Math.abs(other - value) <= tolerance.abs + tolerance.rel * Math.abs(value));
    });
    return off < 0 ? [] : [`${output.name}[${off}] is ${got[off]} instead of ${right[off]}`];
  });
}

/** The case's inputs in the graph's order; Keras 3 names some by its own count, then their order tells. */
function inputsOf(graph: Graph, testCase: Case): readonly KerasArray[] {
  const given = testCase.json.inputs;
  const byName = graph.inputs.every((port) => given.some((array) => array.name === port.name));
  return graph.inputs.flatMap(({ name }, index) => {
    const array = byName ? given.find((one) => one.name === name) : given[index];
    return array === undefined ? [] : [{ shape: array.shape, data: readArray(testCase, array) }];
  });
}
