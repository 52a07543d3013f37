import { fileURLToPath } from "node:url";
import * as ort from "onnxruntime-web";
import { describe, expect, it } from "vitest";
import { openOnnxPredictor } from "../../src/backends/onnx-predictor.ts";
import { isOnnxRuntime, type OnnxRuntime } from "../../src/backends/onnx-runtime.ts";
import type { NumberTensor, Predictor } from "../../src/backends/predictor.ts";
import type { Graph } from "../../src/ir/graph.ts";
import { type Case, openCase, readArray } from "../cases.ts";
import { formsOf } from "../forms.ts";

const WORKER = fileURLToPath(new URL("../../dist/backends/onnx-worker.js", import.meta.url));
const WEB = new URL("web-runtime.mjs", import.meta.url).href;
const CASE = openCase("micro/conv2d_relu");
const LOADED: unknown = ort;

/** ONNX Runtime on this thread that counts how many models it loads. */
function countingRuntime(): OnnxRuntime & { readonly loaded: () => number } {
  if (!isOnnxRuntime(LOADED)) throw new Error("onnxruntime-web is not what it was");
  const { InferenceSession, Tensor, env } = LOADED;
  ort.env.wasm.numThreads = 1;
  let loaded = 0;
  return {
    Tensor,
    env,
    InferenceSession: {
      create(model, options) {
        loaded++;
        return InferenceSession.create(model, options);
      },
    },
    loaded: () => loaded,
  };
}

/** Some pictures of the case, more than it has by repeating them, and what Keras says of them. */
function samples(count: number): readonly [NumberTensor, readonly number[]] {
  const [input, output] = [CASE.json.inputs[0], CASE.json.outputs[0]];
  if (input === undefined || output === undefined) throw new Error("the case is empty");
  const [inputs, outputs] = [readArray(CASE, input), readArray(CASE, output)];
  const [all = 1, ...rest] = input.shape;
  const repeated = (numbers: Float32Array): number[] =>
    Array.from({ length: count }, (_, sample) => {
      const width = numbers.length / all;
      const at = (sample % all) * width;
      return [...numbers.subarray(at, at + width)];
    }).flat();
  return [
    { shape: [count, ...rest], data: Float32Array.from(repeated(inputs)) },
    repeated(outputs),
  ];
}

const GRAPH = graphOf(CASE);
const NAME = GRAPH.inputs[0]?.name ?? "";

function graphOf(testCase: Case): Graph {
  const [form] = formsOf(testCase);
  if (form === undefined) throw new Error("the case has no model");
  return form.read().graph;
}

async function expectKeras(predictor: Predictor, count: number): Promise<void> {
  const [input, expected] = samples(count);
  const outputs = await predictor.predict(new Map([[NAME, input]]));
  const [{ shape = [], data = [] } = {}] = [...outputs.values()];
  expect(shape[0]).toBe(count);
  expect(data.length).toBe(expected.length);
  data.forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index] ?? Number.NaN, 4);
  });
}

async function withPredictor(
  pool: { readonly runtime: string; readonly worker: string },
  use: (predictor: Predictor, loaded: () => number) => Promise<void>,
): Promise<void> {
  const runtime = countingRuntime();
  const predictor = await openOnnxPredictor(runtime, GRAPH, { threads: 2, pool });
  try {
    await use(predictor, runtime.loaded);
  } finally {
    await predictor.dispose();
  }
}

describe("sessions of ONNX Runtime", () => {
  it("share a large batch among threads, and keep its order", async () => {
    await withPredictor({ runtime: WEB, worker: WORKER }, async (predictor, loaded) => {
      await expectKeras(predictor, 7);
      expect(loaded()).toBe(0);
    });
  });

  it("give each batch its own outputs where several are asked for at once", async () => {
    await withPredictor({ runtime: WEB, worker: WORKER }, async (predictor) => {
      const counts = [7, 4, 1, 8, 1, 1, 1, 1, 5, 2];
      await Promise.all(counts.map((count) => expectKeras(predictor, count)));
    });
  });

  it("compute batches that wait for threads without them, where these do not start", async () => {
    const pool = { runtime: "not-installed", worker: WORKER };
    await withPredictor(pool, async (predictor, loaded) => {
      await Promise.all([6, 4, 5].map((count) => expectKeras(predictor, count)));
      expect(loaded()).toBe(1);
    });
  });

  it("compute few samples without threads", async () => {
    await withPredictor({ runtime: WEB, worker: WORKER }, async (predictor, loaded) => {
      await expectKeras(predictor, 3);
      expect(loaded()).toBe(1);
    });
  });

  it("give the small last batch to the threads that are there, and load the model again only for several", async () => {
    await withPredictor({ runtime: WEB, worker: WORKER }, async (predictor, loaded) => {
      await expectKeras(predictor, 4);
      await expectKeras(predictor, 1);
      expect(loaded()).toBe(0);
      for (let round = 0; round < 3; round++) await expectKeras(predictor, 1);
      expect(loaded()).toBe(1);
      await expectKeras(predictor, 4);
    });
  });

  it("compute without threads where these cannot load ONNX Runtime", async () => {
    await withPredictor({ runtime: "not-installed", worker: WORKER }, async (predictor, loaded) => {
      await expectKeras(predictor, 4);
      expect(loaded()).toBe(1);
    });
  });

  it("compute without threads where the file is missing that threads start with", async () => {
    await withPredictor({ runtime: WEB, worker: "missing.js" }, async (predictor, loaded) => {
      await expectKeras(predictor, 4);
      expect(loaded()).toBe(1);
    });
  });

  it("say what is wrong with inputs in the same words with and without threads", async () => {
    await withPredictor({ runtime: WEB, worker: WORKER }, async (predictor) => {
      const wrong = (count: number) =>
        predictor
          .predict(new Map([[NAME, { shape: [count, 5], data: new Float32Array(5 * count) }]]))
          .then(
            () => "",
            (error: unknown) => String(error),
          );
      const many = await wrong(4);
      expect(many).toMatch(/rank|dimension/i);
      expect(await wrong(1)).toBe(many);
    });
  });
});
