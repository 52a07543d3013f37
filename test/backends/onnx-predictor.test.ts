import * as ort from "onnxruntime-web";
import { beforeAll, describe, expect, it } from "vitest";
import { openOnnxPredictor } from "../../src/backends/onnx-predictor.ts";
import { isOnnxRuntime, type OnnxRuntime } from "../../src/backends/onnx-runtime.ts";
import type { NumberTensor, Predictor } from "../../src/backends/predictor.ts";
import { type Case, openCase, readArray } from "../cases.ts";
import { formsOf } from "../forms.ts";

/** The web package has the interface of the native one, and runs everywhere. */
function runtime(): OnnxRuntime {
  const loaded: unknown = ort;
  if (!isOnnxRuntime(loaded)) throw new Error("onnxruntime-web is not what it was");
  return loaded;
}

beforeAll(() => {
  ort.env.wasm.numThreads = 1;
});

async function withPredictor<T>(
  testCase: Case,
  use: (predictor: Predictor, names: readonly string[]) => Promise<T>,
): Promise<T> {
  const [form] = formsOf(testCase);
  if (form === undefined) throw new Error(`no model in ${testCase.id}`);
  const { graph } = form.read();
  const predictor = await openOnnxPredictor(runtime(), graph, { threads: 1 });
  try {
    return await use(
      predictor,
      graph.inputs.map(({ name }) => name),
    );
  } finally {
    await predictor.dispose();
  }
}

/** What it predicts for the case's inputs, and what Keras did. */
async function predictCase(
  id: string,
): Promise<readonly (readonly [NumberTensor, Float32Array])[]> {
  const testCase = openCase(id);
  return withPredictor(testCase, async (predictor, names) => {
    const inputs = testCase.json.inputs.map((array, index): [string, NumberTensor] => [
      names[index] ?? "",
      { shape: array.shape, data: readArray(testCase, array) },
    ]);
    const outputs = [...(await predictor.predict(new Map(inputs))).values()];
    return outputs.flatMap((output, index) => {
      const expected = testCase.json.outputs[index];
      return expected === undefined ? [] : [[output, readArray(testCase, expected)] as const];
    });
  });
}

describe("a predictor of the onnx backend", () => {
  it.each([
    "snacks/snacks_squeezenet",
    "micro/embedding_lstm",
    "micro/topo_multi_output",
    "layers/k3_embedding_int_input",
    "layers/k3_masking_gru_seq",
  ])("predicts a whole batch of %s as Keras does", async (id) => {
    for (const [output, expected] of await predictCase(id)) {
      expect(output.data.length).toBe(expected.length);
      output.data.forEach((value, index) => {
        expect(value).toBeCloseTo(expected[index] ?? Number.NaN, 4);
      });
    }
  });

  it("leaves whole a batch that has a fixed size", async () => {
    const [[output] = []] = await predictCase("micro/topo_fixed_batch");
    expect(output?.shape[0]).toBe(openCase("micro/topo_fixed_batch").json.outputs[0]?.shape[0]);
  });

  it("says which input is missing", async () => {
    const message = await withPredictor(openCase("micro/dense_bias"), (predictor) =>
      predictor.predict(new Map()).then(
        () => "",
        (error) => String(error.message),
      ),
    );
    expect(message).toMatch(/^Input ".*" is missing\.$/);
  });
});
