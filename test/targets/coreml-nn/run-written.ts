import { decodeModel } from "../../../src/formats/coreml/decode.ts";
import type { Model } from "../../../src/formats/coreml/types.gen.ts";
import type { CoreMLResult, FeatureSummary } from "../../../src/targets/coreml-nn/index.ts";
import { createInterpreter, type ModelInput, type ModelOutput } from "../../../src/verify/index.ts";

/** Numbers in Keras' axis order, batch first. */
export interface KerasArray {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** All bytes of a written model. */
export function bytesOfResult(result: CoreMLResult): Uint8Array {
  const bytes = new Uint8Array(result.file.byteLength);
  let at = 0;
  for (const chunk of result.file.chunks()) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  if (at !== bytes.length) throw new RangeError(`${at} bytes instead of ${bytes.length}`);
  return bytes;
}

/**
 * Runs the written file sample by sample, and gives its outputs in Keras' axis order. `kerasShapes` are the outputs'
 * shapes in Keras. Inputs that take a picture get it as 8-bit pixels in red, green, blue order.
 */
export function runWritten(
  result: CoreMLResult,
  inputs: readonly KerasArray[],
  kerasShapes: readonly (readonly number[])[],
): readonly KerasArray[] {
  const model = decodeModel(bytesOfResult(result));
  const interpreter = createInterpreter(model);
  const samples = inputs[0]?.shape[0] ?? 1;
  const outputs = kerasShapes.map((shape) => new Float32Array(product(shape)));
  for (let sample = 0; sample < samples; sample++) {
    const given = result.summary.inputs.map((feature, index) => {
      const array = inputs[index];
      if (array === undefined) throw new RangeError(`no array for input ${feature.name}`);
      return [feature.name, modelInput(feature, sampleOf(array, sample), isExact(model))] as const;
    });
    const results = interpreter.run(Object.fromEntries(given));
    result.summary.outputs.forEach((feature, index) => {
      const shape = (kerasShapes[index] ?? []).slice(1);
      const numbers = kerasNumbers(feature, results.get(feature.name), shape, isExact(model));
      outputs[index]?.set(numbers, sample * product(shape));
    });
  }
  return kerasShapes.map((shape, index) => ({ shape, data: outputs[index] ?? [] }));
}

function isExact(model: Model): boolean {
  const body = model.neuralNetwork ?? model.neuralNetworkClassifier;
  const { layers = [] } = body ?? {};
  return (
    body?.arrayInputShapeMapping === "EXACT_ARRAY_MAPPING" ||
    layers.some((layer) => layer.squeeze !== undefined)
  );
}

function sampleOf({ shape, data }: KerasArray, index: number): KerasArray {
  const one = shape.slice(1);
  const size = product(one);
  return { shape: one, data: Array.from(data).slice(index * size, (index + 1) * size) };
}

function modelInput(feature: FeatureSummary, array: KerasArray, exact: boolean): ModelInput {
  const moved = transposed(array, blobOrder(feature, array.shape.length, exact));
  if (feature.type !== "image") return { shape: moved.shape, data: moved.data };
  const [channels = 1, height = 1, width = 1] = moved.shape.slice(-3);
  const plane = height * width;
  const turned = feature.colorSpace === "BGR";
  const pixels = Array.from({ length: plane * channels }, (_, i) => {
    const channel = i % channels;
    const from = turned ? channels - 1 - channel : channel;
    return moved.data[from * plane + Math.floor(i / channels)] ?? 0;
  });
  return { width, height, pixels };
}

/**
 * For each axis of the blob the axis of the sample (without batch) behind it, or undefined. A classic blob has five: the sequence
 * is the axis that is not declared.
 */
function blobOrder(
  feature: FeatureSummary,
  rank: number,
  exact: boolean,
): readonly (number | undefined)[] {
  const declared = feature.axes.map((axis) => (axis === null ? undefined : axis - 1));
  if (exact) return declared;
  const three = declared.length === 1 ? [...declared, undefined, undefined] : declared;
  const sequence = Array.from({ length: rank }, (_, axis) => axis).find(
    (axis) => !declared.includes(axis),
  );
  return [sequence, undefined, ...three];
}

function kerasNumbers(
  feature: FeatureSummary,
  output: ModelOutput | undefined,
  shape: readonly number[],
  exact: boolean,
): ArrayLike<number> {
  if (output instanceof Map) return [...output.values()];
  if (typeof output !== "object" || !("data" in output)) {
    throw new RangeError(`no numbers for output ${feature.name}`);
  }
  const order = blobOrder(feature, shape.length, exact);
  const expected = order.map((axis) => (axis === undefined ? 1 : (shape[axis] ?? -1)));
  if (expected.join() !== output.shape.join()) {
    throw new RangeError(
      `output ${feature.name} is [${output.shape.join()}], not [${expected.join()}]`,
    );
  }
  const back = shape.map((_, axis) => order.indexOf(axis));
  return transposed({ shape: output.shape, data: output.data }, back).data;
}

/** Axis i of the result is axis `order[i]`, or a new one of size 1. */
function transposed(array: KerasArray, order: readonly (number | undefined)[]): KerasArray {
  const shape = order.map((axis) => (axis === undefined ? 1 : (array.shape[axis] ?? 1)));
  const strides = array.shape.map((_, axis) => product(array.shape.slice(axis + 1)));
  const data = Array.from({ length: product(shape) }, (_, index) => {
    let rest = index;
    let from = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = shape[axis] ?? 1;
      const source = order[axis];
      if (source !== undefined) from += (rest % size) * (strides[source] ?? 0);
      rest = Math.floor(rest / size);
    }
    return array.data[from] ?? Number.NaN;
  });
  return { shape, data };
}

function product(shape: readonly number[]): number {
  return shape.reduce((size, dim) => size * dim, 1);
}
