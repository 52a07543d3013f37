import { fail } from "../errors.ts";
import { collectBytes } from "../formats/bytes.ts";
import type { Graph } from "../ir/graph.ts";
import { type OnnxSummary, writeOnnx } from "../targets/onnx/index.ts";
import { joinBatches, splitBatch } from "./batches.ts";
import type { OnnxRuntime, OnnxTensor, TensorData } from "./onnx-runtime.ts";
import { isPerSample } from "./per-sample.ts";
import type { NumberTensor, Predictor } from "./predictor.ts";

/** Samples that are computed at once, where samples do not depend on each other: test/bench/README.md has the figures. */
const MICRO_BATCH = 8;

/** A predictor over a model that is made of the graph in memory. */
export async function openOnnxPredictor(
  runtime: OnnxRuntime,
  graph: Graph,
  threads: number,
): Promise<Predictor> {
  const { file, data, summary } = writeOnnx(graph);
  if (data !== undefined) {
    fail("limit", "The model has more than 2 GB of weights, which this backend cannot take.", {
      hint: "Another one can: --backend wasm",
    });
  }
  const model = await openOnnxModel(runtime, collectBytes(file), summary, threads);
  const size = isPerSample(graph) ? MICRO_BATCH : Number.POSITIVE_INFINITY;
  return {
    name: "onnx",
    async predict(inputs) {
      const given = graph.inputs.map(
        ({ name }) => inputs.get(name) ?? fail("bad-option", `Input "${name}" is missing.`),
      );
      const parts: (readonly NumberTensor[])[] = [];
      for (const part of splitBatch(given, size)) parts.push(await model.run(part));
      const outputs = joinBatches(parts);
      return new Map(
        graph.outputs.flatMap(({ name }, index) => {
          const output = outputs[index];
          return output === undefined ? [] : [[name, output] as const];
        }),
      );
    },
    dispose: () => model.release(),
  };
}

/** An ONNX model that is loaded. */
export interface OnnxModel {
  /** Inputs and outputs in the model's order. */
  run(inputs: readonly NumberTensor[]): Promise<readonly NumberTensor[]>;
  release(): Promise<void>;
}

/**
 * Loads a model from memory or from its file. Idle threads sleep instead of spinning: alone that costs nothing, and on a machine that does
 * other work too it wins twice the speed.
 */
export async function openOnnxModel(
  runtime: OnnxRuntime,
  model: Uint8Array | string,
  { inputs, outputs }: Pick<OnnxSummary, "inputs" | "outputs">,
  threads: number,
): Promise<OnnxModel> {
  const session = await runtime.InferenceSession.create(model, {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  });
  return {
    async run(given) {
      const feeds = inputs.map(({ name, element }, index) => {
        const tensor = given[index] ?? fail("internal", `Input "${name}" is missing.`);
        return [name, toTensor(runtime, element, tensor)] as const;
      });
      const results = await session.run(Object.fromEntries(feeds));
      return outputs.map(({ name }) => toNumbers(results[name], name));
    },
    release: () => session.release(),
  };
}

/** Numbers in the type that the model declares. @see onnx.proto TensorProto.DataType */
function toTensor(
  { Tensor }: OnnxRuntime,
  element: number,
  { data, shape }: NumberTensor,
): OnnxTensor {
  const [type, numbers] = typed(element, data);
  return new Tensor(type, numbers, shape);
}

function typed(element: number, data: Float32Array): readonly [string, TensorData] {
  switch (element) {
    case 2:
      return ["uint8", Uint8Array.from(data)];
    case 3:
      return ["int8", Int8Array.from(data)];
    case 6:
      return ["int32", Int32Array.from(data)];
    case 7:
      return ["int64", BigInt64Array.from(Array.from(data, (value) => BigInt(Math.trunc(value))))];
    case 9:
      return ["bool", Uint8Array.from(data, (value) => (value === 0 ? 0 : 1))];
    default:
      return ["float32", data];
  }
}

function toNumbers(tensor: OnnxTensor | undefined, name: string): NumberTensor {
  const { dims = [], data } = tensor ?? {};
  if (data instanceof Float32Array) return { shape: dims, data };
  if (data instanceof BigInt64Array) return { shape: dims, data: Float32Array.from(data, Number) };
  if (data instanceof Int32Array || data instanceof Uint8Array || data instanceof Int8Array) {
    return { shape: dims, data: Float32Array.from(data) };
  }
  return fail("internal", `ONNX Runtime gives no numbers for "${name}".`);
}
