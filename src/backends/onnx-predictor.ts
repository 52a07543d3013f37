import { fail } from "../errors.ts";
import type { Graph } from "../ir/graph.ts";
import { writeOnnx } from "../targets/onnx/index.ts";
import { ModelBytes } from "./model-bytes.ts";
import type { PoolRuntime } from "./onnx-pool.ts";
import type { OnnxRuntime } from "./onnx-runtime.ts";
import { openOnnxSessions } from "./onnx-sessions.ts";
import { isPerSample } from "./per-sample.ts";
import type { Predictor } from "./predictor.ts";

/** Who computes. */
export interface OnnxPredictorOptions {
  readonly threads: number;
  /** For threads that share large batches; without it this thread computes them. */
  readonly pool?: PoolRuntime;
}

/** A predictor over a model that is made of the graph in memory. */
export async function openOnnxPredictor(
  runtime: OnnxRuntime,
  graph: Graph,
  { threads, pool }: OnnxPredictorOptions,
): Promise<Predictor> {
  const { file, data, summary } = writeOnnx(graph);
  if (data !== undefined) {
    fail("limit", "The model has more than 2 GB of weights, which this backend cannot take.", {
      hint: "Another one can: --backend wasm",
    });
  }
  const sessions = openOnnxSessions(runtime, new ModelBytes(file), {
    ports: summary,
    threads,
    batch: isPerSample(graph) ? "may-be-cut" : "stays-whole",
    ...(pool === undefined ? {} : { pool }),
  });
  return {
    name: "onnx",
    async predict(inputs) {
      const given = graph.inputs.map(
        ({ name }) => inputs.get(name) ?? fail("bad-option", `Input "${name}" is missing.`),
      );
      const outputs = await sessions.run(given);
      return new Map(
        graph.outputs.flatMap(({ name }, index) => {
          const output = outputs[index];
          return output === undefined ? [] : [[name, output] as const];
        }),
      );
    },
    dispose: () => sessions.release(),
  };
}
