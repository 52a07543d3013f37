import { sizeOf } from "../../../src/ir/tensor.ts";
import type { CoreMLModel } from "../../../src/sources/coreml/index.ts";
import type { CoreMLSummary } from "../../../src/targets/coreml-nn/summary.ts";
import { evaluate, type NamedTensor } from "../../../src/verify/graph/evaluate.ts";
import { type Case, readArray } from "../../cases.ts";

/**
 * Evaluates a graph read from Core ML on the inputs that Keras was given. Where the network does nothing along the steps of a
 * sequence, it is a network for a single step: then the steps go along the batch.
 */
export function runOnCase({ graph }: CoreMLModel, testCase: Case): readonly NamedTensor[] {
  const inputs = graph.inputs.map(({ name, value }, index) => {
    const array = testCase.json.inputs[index];
    if (array === undefined) throw new Error(`the case has no input ${index}`);
    const rank = graph.types.get(value)?.shape.length ?? 0;
    const lead = Math.max(1, array.shape.length - rank + 1);
    const shape = [sizeOf(array.shape.slice(0, lead)), ...array.shape.slice(lead)];
    return [name, { shape, data: Float64Array.from(readArray(testCase, array)) }] as const;
  });
  return evaluate(graph, new Map(inputs));
}

/**
 * The same for a graph read from what was written of Keras' model: its inputs may have their axes in another order, which the
 * summary of the writer and that of the reader tell.
 */
export function runOnWritten(
  { graph, inputAxes, outputAxes }: CoreMLModel,
  { inputs: written, outputs: declared }: Pick<CoreMLSummary, "inputs" | "outputs">,
  testCase: Case,
): readonly NamedTensor[] {
  const inputs = graph.inputs.map(({ name, value }, index) => {
    const array = testCase.json.inputs[index];
    const feature = written[index];
    if (array === undefined || feature === undefined) throw new Error(`no input ${index}`);
    const blob = inputAxes[name] ?? [];
    const declared = feature.axes;
    const offset = declared.length === 1 && blob.length === 5 ? 2 : blob.length - declared.length;
    const steps = array.shape
      .map((_, axis) => axis)
      .find((axis) => axis > 0 && !declared.includes(axis));
    const rank = graph.types.get(value)?.shape.length ?? 0;
    const order = Array.from({ length: rank - 1 }, (_, at) => {
      const place = blob.indexOf(at + 1);
      return declared[place - offset] ?? (place === 0 ? steps : undefined);
    });
    const data = Float64Array.from(readArray(testCase, array));
    return [name, rearranged({ shape: array.shape, data }, order)] as const;
  });
  return evaluate(graph, new Map(inputs)).map((output, index) => {
    const blob = outputAxes[output.name] ?? [];
    const axes = declared[index]?.axes ?? [];
    const offset = axes.length === 1 && blob.length === 5 ? 2 : blob.length - axes.length;
    // axes of the value in Keras' order; steps, which the file does not declare, are the axis that is left
    const kerasOf = new Map<number, number>();
    axes.forEach((keras, at) => {
      const value = blob[at + offset];
      if (keras !== null && typeof value === "number") kerasOf.set(value, keras);
    });
    const taken = new Set(kerasOf.values());
    const order = output.shape.map((_, axis) => axis).slice(1);
    const left = [...order, order.length + 1].find((axis) => !taken.has(axis)) ?? 0;
    const rank = (axis: number): number => kerasOf.get(axis) ?? left;
    const { shape, data } = rearranged(
      output,
      order.sort((a, b) => rank(a) - rank(b)),
    );
    return { ...output, shape, data };
  });
}

/** The array with these of its axes behind the batch, undefined ones being of one element; axes that are left over go along the batch. */
function rearranged(
  { shape, data }: { readonly shape: readonly number[]; readonly data: Float64Array },
  order: readonly (number | undefined)[],
): { readonly shape: readonly number[]; readonly data: Float64Array } {
  const lead = shape.map((_, axis) => axis).filter((axis) => !order.includes(axis));
  const all = [...lead, ...order.filter((axis) => axis !== undefined)];
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const sizes = all.map((axis) => shape[axis] ?? 1);
  const result = new Float64Array(data.length);
  for (let i = 0; i < result.length; i++) {
    let rest = i;
    let from = 0;
    for (let at = all.length - 1; at >= 0; at--) {
      const size = sizes[at] ?? 1;
      from += (rest % size) * (strides[all[at] ?? 0] ?? 1);
      rest = Math.floor(rest / size);
    }
    result[i] = data[from] ?? 0;
  }
  const batch = sizeOf(lead.map((axis) => shape[axis] ?? 1));
  return {
    shape: [batch, ...order.map((axis) => (axis === undefined ? 1 : (shape[axis] ?? 1)))],
    data: result,
  };
}

/** Every output that is not what Keras gave, within the case's tolerance; axes of one element do not count. */
export function differencesFromKeras(
  outputs: readonly NamedTensor[],
  testCase: Case,
): readonly string[] {
  const { abs, rel } = testCase.json.tolerance;
  if (outputs.length !== testCase.json.outputs.length) return [`${outputs.length} outputs`];
  return outputs.flatMap(({ name, data, shape }, index) => {
    const array = testCase.json.outputs[index];
    if (array === undefined) return [];
    const expected = readArray(testCase, array);
    const wide = (dims: readonly number[]): string => dims.filter((dim) => dim !== 1).join();
    const folded = wide([sizeOf(array.shape.slice(0, 2)), ...array.shape.slice(2)]);
    if (wide(shape) !== wide(array.shape) && wide(shape) !== folded) {
      return [`${name} has shape ${shape.join()} instead of ${array.shape.join()}`];
    }
    let largest = 0;
    data.forEach((value, at) => {
      const wanted = expected[at] ?? Number.NaN;
      const distance = Math.abs(value - wanted);
      if (!(distance <= abs + rel * Math.abs(wanted))) largest = Math.max(largest, distance || 9e9);
    });
    return largest === 0 ? [] : [`${name} differs by ${largest}`];
  });
}
