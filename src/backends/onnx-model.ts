import { fail } from "../errors.ts";
import { ownNumbers } from "../ir/tensor.ts";
import type { OnnxRuntime, OnnxTensor, TensorData } from "./onnx-runtime.ts";
import type { NumberTensor } from "./predictor.ts";

/** An input or output as an ONNX model declares it; `element` is its type. @see onnx.proto TensorProto.DataType */
export interface OnnxPort {
  readonly name: string;
  readonly element: number;
}

/** What a model takes and gives, in its order. */
export interface OnnxPorts {
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
}

/** An ONNX model that is loaded. */
export interface OnnxModel {
  /** Inputs and outputs in the model's order. */
  run(inputs: readonly NumberTensor[]): Promise<readonly NumberTensor[]>;
  release(): Promise<void>;
}

/**
 * Loads a model from memory or from its file. Its threads spin during a run, which answers a single sample in two thirds of the time, and sleep
 * after it.
 */
export async function openOnnxModel(
  runtime: OnnxRuntime,
  model: Uint8Array | string,
  { inputs, outputs }: OnnxPorts,
  threads: number,
): Promise<OnnxModel> {
  const session = await runtime.InferenceSession.create(model, {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
    extra: { session: { force_spinning_stop: "1" } },
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
      return ["float32", ownNumbers(data)];
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
