import * as ort from "onnxruntime-web";
import { collectBytes } from "../../../src/formats/bytes.ts";
import type { OnnxResult } from "../../../src/targets/onnx/index.ts";

ort.env.wasm.numThreads = 1;

/** Numbers with their shape, whatever type the model wants them in. */
export interface NumberArray {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** What onnxruntime computes from a written model; inputs and outputs in the model's order. */
export async function runWritten(
  written: OnnxResult,
  inputs: readonly NumberArray[],
): Promise<readonly NumberArray[]> {
  const session = await ort.InferenceSession.create(collectBytes(written.file), {
    logSeverityLevel: 3,
    ...(written.data === undefined
      ? {}
      : { externalData: [{ path: written.data.name, data: collectBytes(written.data.file) }] }),
  });
  try {
    const feeds = written.summary.inputs.map(({ name, element }, index) => {
      const { shape, data } = inputs[index] ?? { shape: [], data: [] };
      return [name, tensorOf(element, data, shape)] as const;
    });
    const results = await session.run(Object.fromEntries(feeds));
    return written.summary.outputs.map(({ name }) => {
      const result = results[name];
      if (result === undefined) throw new Error(`There is no output "${name}".`);
      return { shape: result.dims, data: numbersOf(result.data) };
    });
  } finally {
    await session.release();
  }
}

function tensorOf(element: number, data: ArrayLike<number>, dims: readonly number[]): ort.Tensor {
  switch (element) {
    case 1:
      return new ort.Tensor("float32", Float32Array.from(data), dims);
    case 2:
      return new ort.Tensor("uint8", Uint8Array.from(data), dims);
    case 6:
      return new ort.Tensor("int32", Int32Array.from(data), dims);
    case 7:
      return new ort.Tensor("int64", BigInt64Array.from(Array.from(data, BigInt)), dims);
    case 9:
      return new ort.Tensor("bool", Uint8Array.from(data), dims);
    default:
      throw new Error(`no tensors of type ${element}`);
  }
}

function numbersOf(data: ort.Tensor["data"]): readonly number[] {
  return Array.from(data, Number);
}
