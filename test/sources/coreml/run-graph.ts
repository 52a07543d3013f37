import { sizeOf } from "../../../src/ir/tensor.ts";
import type { CoreMLModel } from "../../../src/sources/coreml/index.ts";
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
