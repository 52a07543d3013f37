import { memory } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { CPU_BACKEND } from "../../src/backends/cpu.ts";
import { openBackend } from "../../src/backends/open-backend.ts";
import { TENSORFLOW_BACKEND } from "../../src/backends/tensorflow.ts";
import { WASM_BACKEND } from "../../src/backends/wasm.ts";
import { caseDifferences, caseInputs } from "../case-numbers.ts";
import { openCase } from "../cases.ts";
import { formsOf } from "../forms.ts";

const CASE = openCase("generations/k3151");

function graphOf() {
  const [form] = formsOf(CASE);
  if (form === undefined) throw new Error("the case has no model");
  return form.read().graph;
}

describe.each([WASM_BACKEND, CPU_BACKEND])("the backend $name", (spec) => {
  it("gives what Keras gave, again and again, and frees all it took", async () => {
    const graph = graphOf();
    const { open, title } = await spec.load();
    expect(title).toMatch(/^tfjs 4\.\d+\.\d+, .*1 thread$/);
    const before = memory().numTensors;
    const predictor = await open(graph);
    const held = memory().numTensors;
    for (let round = 0; round < 3; round++) {
      const outputs = await predictor.predict(caseInputs(graph.inputs, CASE));
      const named = [...outputs].map(([name, output]) => ({ name, ...output }));
      expect(caseDifferences(named, CASE)).toEqual([]);
      expect(memory().numTensors).toBe(held);
    }
    await predictor.dispose();
    expect(memory().numTensors).toBe(before);
  });
});

it("two predictors on different backends do not disturb each other", async () => {
  const graph = graphOf();
  const wasm = await (await WASM_BACKEND.load()).open(graph);
  const cpu = await (await CPU_BACKEND.load()).open(graph);
  for (const predictor of [wasm, cpu, wasm]) {
    const outputs = await predictor.predict(caseInputs(graph.inputs, CASE));
    const named = [...outputs].map(([name, output]) => ({ name, ...output }));
    expect(caseDifferences(named, CASE)).toEqual([]);
  }
  await wasm.dispose();
  await cpu.dispose();
});

it("without tfjs-node, auto goes on to WebAssembly and says what is missing", async () => {
  const { spec, missed } = await openBackend("auto", [TENSORFLOW_BACKEND, WASM_BACKEND]);
  if (spec.name === "tensorflow") return;
  expect(missed).toMatchObject([
    {
      text: "The backend tensorflow needs @tensorflow/tfjs-node, which is not installed.",
      hint: "Install it: npm install --save-prod @tensorflow/tfjs-node",
    },
  ]);
});
